package client

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/endpoint"
)

// heads are those that cameras write and net/http refuses, before a body that
// begins with a part.
var heads = map[string]string{
	"length -1":               "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\nContent-Length: -1\r\n\r\n",
	"no length after the :":   "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\nContent-Length:\r\n\r\n",
	"an impossible length":    "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\nContent-Length: 99999999999999999999\r\n\r\n",
	"two lengths":             "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\nContent-Length: 4\r\n\r\n",
	"a line without a colon":  "HTTP/1.1 200 OK\r\nnonsense\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n",
	"a name that is none":     "HTTP/1.1 200 OK\r\nK\xfcche: x\r\n y\r\nX\tY: z\r\n: v\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n",
	"bytes in a value":        "HTTP/1.1 200 OK\r\nServer: a\x00\x01b\r\nContent-Type: multipart/x-mixed-\x00replace; boundary=x\r\n\r\n",
	"CR CR LF":                "HTTP/1.1 200 OK\r\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\r\n\r\r\n",
	"no space in the status":  "HTTP/1.0 200OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n",
	"a tab in the status":     "HTTP/1.1\t200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n",
	"half a version":          "HTTP/1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n",
	"no version":              "HTTP 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n",
	"small letters":           "http/1.1 200 ok\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n",
	"ICY":                     "ICY 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n",
	"an empty line first":     "\r\nHTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n",
	"a space before a name":   "HTTP/1.1 200 OK\r\n Content-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n",
	"encoding identity":       "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n",
	"LF, and length -1":       "HTTP/1.1 200 OK\nContent-Type: multipart/x-mixed-replace; boundary=x\nContent-Length: -1\n\n",
	"a folded line, no colon": "HTTP/1.1 200 OK\r\nno\r\nContent-Type: multipart/x-mixed-replace;\r\n boundary=x\r\n\r\n",
	"no empty line":           "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n",
	"no head at all":          "",
}

const partsBody = "--x\r\nContent-Type: image/jpeg\r\nContent-Length: 4\r\n\r\n\xff\xd8\xff\xd9\r\n--x\r\n"

// TestHeadsAreRepaired: the stream of a camera that writes its head badly is there.
func TestHeadsAreRepaired(t *testing.T) {
	for name, head := range heads {
		t.Run(name, func(t *testing.T) {
			addr := rawServer(t, head+partsBody)
			s, err := NewClient().Open(t.Context(), Source{Endpoint: endpoint.HTTP(addr), Path: "/v", Foreign: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Body.Close()
			body, err := io.ReadAll(s.Body)
			if string(body) != partsBody || err != nil || head != "" && s.ContentType != "multipart/x-mixed-replace; boundary=x" {
				t.Errorf("%q is %q, %v", s.ContentType, body, err)
			}
			// An agent's HTTP is in order: this one is another program.
			_, err = NewClient().Status(t.Context(), endpoint.HTTP(addr))
			if f := reasonIn(t, err); f.Reason != cameras.ReasonNotPigrid {
				t.Errorf("asked as an agent: %+v", f)
			}
		})
	}
}

// TestChunksAfterABadHead: how the body is sent is not lost with what is left out.
func TestChunksAfterABadHead(t *testing.T) {
	for _, lines := range []string{
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"Transfer-Encoding: chunked\r\nContent-Length: -1\r\n",
		"Transfer-Encoding: Chunked, identity\r\nTrailer: Content-Length\r\n",
	} {
		addr := rawServer(t, "HTTP/1.1 200 OK\r\n"+lines+"\r\n3\r\nabc\r\n0\r\n\r\n")
		s, err := NewClient().Open(t.Context(), Source{Endpoint: endpoint.HTTP(addr), Path: "/v", Foreign: true})
		if err != nil {
			t.Fatalf("%q: %v", lines, err)
		}
		if body, err := io.ReadAll(s.Body); string(body) != "abc" || err != nil {
			t.Errorf("%q: %q, %v", lines, body, err)
		}
		_ = s.Body.Close()
	}
}

// TestABadHeadSaysWhatItSays: the status and the length of a picture are believed.
func TestABadHeadSaysWhatItSays(t *testing.T) {
	for head, want := range map[string]cameras.Reason{
		"HTTP/1.1 401Unauthorized\r\nno colon\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n": cameras.ReasonUnauthorized,
		"ICY 503 Busy\r\n\r\n":             cameras.ReasonCamera,
		"HTTP/1.1 404 Not Found\r\nno\r\n": cameras.ReasonCamera, // its end is missing
	} {
		_, err := NewClient().Open(t.Context(), Source{Endpoint: endpoint.HTTP(rawServer(t, head)), Path: "/v", Foreign: true})
		if f := reasonIn(t, err); f.Reason != want || f.Status == 0 {
			t.Errorf("%q: %+v", head, f)
		}
	}
	addr := rawServer(t, "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabcdef")
	s, err := NewClient().Open(t.Context(), Source{Endpoint: endpoint.HTTP(addr), Path: "/v", Foreign: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Body.Close()
	if body, _ := io.ReadAll(s.Body); string(body) != "abc" {
		t.Errorf("a body of three bytes is %q", body)
	}
}

// TestAProtocolFaultIsNoSilence: who answers something is there.
func TestAProtocolFaultIsNoSilence(t *testing.T) {
	for name, answer := range map[string]string{
		"not HTTP":       "SSH-2.0-OpenSSH_9\r\n",
		"RTSP":           "RTSP/1.0 200 OK\r\n\r\n",
		"a TLS alert":    "\x15\x03\x01\x00\x02\x02\x46",
		"a long status":  "HTTP/1.1 2000 OK\r\n\r\n",
		"a long head":    "HTTP/1.1 200 OK\r\nno colon\r\n" + strings.Repeat("X: y\r\n", 20000) + "\r\n",
		"many bad lines": "HTTP/1.1 200 OK\r\n" + strings.Repeat("no\r\n", 2*maxHeadLines) + "\r\n",
	} {
		_, err := NewClient().Open(t.Context(), Source{Endpoint: endpoint.HTTP(rawServer(t, answer)), Path: "/v", Foreign: true})
		if f := reasonIn(t, err); f.Reason != cameras.ReasonBadHTTP || f.Detail == "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	s, err := NewClient().Open(t.Context(), Source{Endpoint: endpoint.HTTP(rawServer(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n--x\r\n")), Path: "/v", Foreign: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Body.Close()
	_, err = io.ReadAll(s.Body)
	if f := FailureOf(err); f == nil || f.Reason != cameras.ReasonBadHTTP {
		t.Errorf("chunks that are none: %+v", f)
	}
}

// TestAnAnswerBeforeTheQuestion: some cameras answer whoever connects.
func TestAnAnswerBeforeTheQuestion(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, heads["ICY"]+partsBody)
			_ = c.(*net.TCPConn).CloseWrite()
			_, _ = c.Read(make([]byte, 1))
			_ = c.Close()
		}
	}()
	defer func() { _ = l.Close(); <-done }()
	c := NewClient()
	dial := c.foreign.DialContext
	c.foreign.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		time.Sleep(50 * time.Millisecond) // the answer is there when net/http looks
		return conn, err
	}
	s, err := c.Open(t.Context(), Source{Endpoint: endpoint.HTTP(l.Addr().String()), Path: "/v", Foreign: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Body.Close()
	if body, _ := io.ReadAll(s.Body); string(body) != partsBody {
		t.Errorf("got %q", body)
	}
}

// FuzzHead checks that what net/http takes passes byte for byte, that what is
// repaired is taken, and that no byte of a body is lost.
func FuzzHead(f *testing.F) {
	for _, head := range heads {
		f.Add([]byte(head + partsBody))
	}
	f.Add([]byte("HTTP/1.1 200 OK\r\nA: b\r\n --x\r\n\r\nbody"))
	f.Add([]byte("HTTP/1.0 200 OK\nContent-Length : 3\n\nabc"))
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		read := func(r io.Reader) []byte {
			c := newRepairedConn(stub{r})
			_, _ = c.Write(nil)
			out, err := io.ReadAll(c)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		out := read(bytes.NewReader(in))
		if slow := read(iotest.OneByteReader(bytes.NewReader(in))); !bytes.Equal(out, slow) {
			t.Fatalf("at once %q, byte by byte %q", out, slow)
		}
		if bytes.Equal(in, out) {
			return
		}
		if resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(in)), nil); err == nil {
			_ = resp.Body.Close()
			t.Fatalf("net/http takes %q, and it became %q", in, out)
		}
		resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(out)), nil)
		if err != nil {
			t.Fatalf("%q became %q: %v", in, out, err)
		}
		_ = resp.Body.Close()
		if l := (&headLines{}); l.toEnd(in) && !bytes.HasSuffix(out, in[l.pos:]) {
			t.Fatalf("%q became %q", in, out)
		}
	})
}

// stub is a connection that only gives.
type stub struct{ r io.Reader }

func (s stub) Read(p []byte) (int, error)       { return s.r.Read(p) }
func (stub) Write(p []byte) (int, error)        { return len(p), nil }
func (stub) Close() error                       { return nil }
func (stub) LocalAddr() net.Addr                { return nil }
func (stub) RemoteAddr() net.Addr               { return nil }
func (stub) SetDeadline(time.Time) error        { return nil }
func (stub) SetReadDeadline(t time.Time) error  { return nil }
func (stub) SetWriteDeadline(t time.Time) error { return nil }
