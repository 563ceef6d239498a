package web

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/mjpeg"
)

func TestVideoDeliversEveryFrameBitExact(t *testing.T) {
	s := newSite(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, path := range []string{"/video", "/cameras/porch/video", "/stream", "/?action=stream", "/video?advance=1"} {
		answer := request(ctx, t, "GET", s.url+path)
		if got := answer.Header.Get("Content-Type"); got != "multipart/x-mixed-replace; boundary=pigridframe" {
			t.Fatalf("%s: Content-Type %q", path, got)
		}
		r, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the viewer has joined", func() bool { return s.viewers() > 0 })
		for n := range 5 {
			want := picture(t, byte(n), 100*n)
			s.hub.Publish(want, time.Now())
			f, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(f.JPEG, want) {
				t.Fatalf("%s: frame %d is not the one published", path, n)
			}
		}
		s.hub.Clear()
		_ = answer.Body.Close()
		eventually(t, "the viewer has left", func() bool { return s.viewers() == 0 })
	}
}

// raw sends bytes and returns the connection.
func raw(t *testing.T, addr, text string) net.Conn {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second)) // a test that hangs says nothing
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestVideoBytesOnTheWire(t *testing.T) {
	s := newSite(t, Config{})
	jpeg := picture(t, 9, 0)
	at := time.Unix(1700000000, 5000)
	standard := fmt.Sprintf("--pigridframe\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\nX-Timestamp: 1700000000.000005\r\n\r\n%s\r\n--pigridframe\r\n", len(jpeg), jpeg)
	advance := fmt.Sprintf("--pigridframe\r\nContent-Type: image/jpeg\r\n\r\n%s\r\n--pigridframe\r\nContent-Type: image/jpeg\r\n\r\n", jpeg)
	const img, bar = "image/avif,image/webp,*/*", "text/html,application/xhtml+xml,*/*"
	tests := []struct {
		request, status, part string
	}{
		{"GET /video HTTP/1.1\r\nHost: pi\r\nAccept: */*\r\n\r\n", "HTTP/1.1 200 OK", standard},
		{"GET /video HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK", standard},
		{"GET /video HTTP/1.1\r\nHost: pi\r\nAccept: " + img + "\r\n\r\n", "HTTP/1.1 200 OK", advance},
		{"GET /video HTTP/1.1\r\nHost: pi\r\nAccept: " + bar + "\r\n\r\n", "HTTP/1.1 200 OK", advance},
		{"GET /video?advance=0 HTTP/1.1\r\nHost: pi\r\nAccept: " + img + "\r\n\r\n", "HTTP/1.1 200 OK", standard},
		{"GET /video?advance=1 HTTP/1.1\r\nHost: pi\r\n\r\n", "HTTP/1.1 200 OK", advance},
	}
	for _, tt := range tests {
		conn := raw(t, s.addr, tt.request)
		r := bufio.NewReader(conn)
		head := readHead(t, r)
		if !strings.HasPrefix(head, tt.status+"\r\n") {
			t.Errorf("answer begins %q, want %q", head[:20], tt.status)
		}
		for _, line := range []string{"Cache-Control: no-store", "X-Accel-Buffering: no", "X-Content-Type-Options: nosniff", "Connection: close"} {
			if !strings.Contains(head, "\r\n"+line+"\r\n") {
				t.Errorf("%q is missing in %q", line, head)
			}
		}
		boundary := make([]byte, len(mjpeg.Opening)) // there before any frame
		if _, err := io.ReadFull(r, boundary); err != nil || string(boundary) != mjpeg.Opening {
			t.Fatalf("first boundary is %q, %v", boundary, err)
		}
		eventually(t, "the viewer has joined", func() bool { return s.viewers() == 1 })
		s.hub.Publish(jpeg, time.Now()) // an old frame would not be shown to a new viewer
		skipPart(t, r, tt.part, len(boundary), at)
		s.hub.Clear()
		_ = conn.Close()
		eventually(t, "the viewer has left", func() bool { return s.viewers() == 0 })
	}
}

func readHead(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	var head strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		head.WriteString(line)
		if line == "\r\n" {
			return head.String()
		}
	}
}

// skipPart compares the next part with want, the timestamp excepted.
func skipPart(t *testing.T, r *bufio.Reader, want string, from int, at time.Time) {
	t.Helper()
	want = want[from:]
	got := make([]byte, len(want))
	if _, err := io.ReadFull(r, got); err != nil {
		t.Fatal(err)
	}
	stamp := fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000)
	if i := strings.Index(want, stamp); i >= 0 {
		copy(got[i:i+len(stamp)], stamp)
	}
	if string(got) != want {
		t.Errorf("part is %q…, want %q…", got[:min(120, len(got))], want[:min(120, len(want))])
	}
}

func TestAViewerThatLeavesIsNoticed(t *testing.T) {
	s := newSite(t, Config{})
	conn := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n")
	eventually(t, "joined", func() bool { return s.viewers() == 1 })
	_ = conn.Close() // no frame is ever published
	eventually(t, "left", func() bool { return s.viewers() == 0 })
}

func TestHeadAnswersWithoutDemand(t *testing.T) {
	s := newSite(t, Config{})
	for _, path := range []string{"/video", "/snapshot.jpg", "/", "/api/v1/status", "/cameras"} {
		answer := request(t.Context(), t, "HEAD", s.url+path)
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") == "" {
			t.Errorf("HEAD %s: %s, %v", path, answer.Status, answer.Header)
		}
	}
	if n := s.viewers(); n != 0 {
		t.Errorf("%d viewers after HEAD", n)
	}
}

func TestASlowViewerHoldsNobodyUp(t *testing.T) {
	s := newSite(t, Config{})
	slow := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n") // never reads
	eventually(t, "joined", func() bool { return s.viewers() == 1 })
	answer := request(t.Context(), t, "GET", s.url+"/video")
	r, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "joined", func() bool { return s.viewers() == 2 })
	big := picture(t, 1, 400_000)
	for range 60 { // 24 MB: far more than any socket holds
		s.hub.Publish(big, time.Now())
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	_ = answer.Body.Close()
	_ = slow.Close()
	eventually(t, "skips are counted", func() bool { return s.viewers() == 0 })
}

func TestASlowViewerSkipsAndGoesOnWithTheNewest(t *testing.T) {
	s := newSite(t, Config{})
	conn := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n")
	eventually(t, "joined", func() bool { return s.viewers() == 1 })
	br := bufio.NewReader(conn)
	readHead(t, br)
	r, err := mjpeg.NewReader(br, mjpeg.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	const n = 40
	seen := 0
	readUntil := func(last []byte) {
		for got := []byte(nil); !bytes.Equal(got, last); seen++ {
			f, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			got = f.JPEG
		}
	}
	s.hub.Publish(picture(t, 0, 400_000), time.Now())
	readUntil(picture(t, 0, 400_000)) // what came before a viewer's first frame is not skipped
	for i := range n - 1 {
		s.hub.Publish(picture(t, byte(i+1), 400_000), time.Now())
	}
	readUntil(picture(t, n-1, 400_000))
	if skipped := s.hub.Status(time.Now()).Skipped; seen == n || skipped != uint64(n-seen) {
		t.Errorf("saw %d of %d frames, %d counted as skipped", seen, n, skipped)
	}
	_ = conn.Close()
}

// TestTheEndClosesStreams, also one that hangs on a client, and waits for each.
func TestTheEndClosesStreams(t *testing.T) {
	s := newSite(t, Config{})
	const n = 30
	var conns []net.Conn
	for range n {
		conns = append(conns, raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n"))
	}
	eventually(t, "joined", func() bool { return s.viewers() == n })
	hanging := picture(t, 1, 8_000_000) // more than sockets hold
	s.hub.Publish(hanging, time.Now())
	for _, conn := range conns[1:] {
		if _, err := io.CopyN(io.Discard, conn, int64(len(hanging))); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	s.stop()
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("took %v", d)
	}
	late := httptest.NewRequestWithContext(t.Context(), "GET", "/video", nil)
	if left := s.viewers(); left != 0 || s.enter(late, "", func(error) {}) != nil {
		t.Errorf("%d streams are left, or another may begin", left)
	}
	for _, conn := range conns {
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("a connection is still open")
		}
	}
}

func TestMaxViewers(t *testing.T) {
	s := newSite(t, Config{MaxViewers: 2})
	a := request(t.Context(), t, "GET", s.url+"/video")
	request(t.Context(), t, "GET", s.url+"/video")
	full := request(t.Context(), t, "GET", s.url+"/video")
	body, _ := io.ReadAll(full.Body)
	if full.StatusCode != http.StatusServiceUnavailable || full.Header.Get("Retry-After") == "" || !strings.Contains(string(body), "--max-viewers") {
		t.Errorf("third viewer: %s %v %s", full.Status, full.Header, body)
	}
	_ = a.Body.Close()
	eventually(t, "a slot is free", func() bool {
		return request(t.Context(), t, "GET", s.url+"/video").StatusCode == http.StatusOK
	})
}

func TestRates(t *testing.T) {
	s := newSite(t, Config{})
	for fps, want := range map[string]int{
		"0": http.StatusBadRequest, "0.09": http.StatusBadRequest, "-1": http.StatusBadRequest, "121": http.StatusBadRequest, "1e9": http.StatusBadRequest,
		"NaN": http.StatusBadRequest, "Inf": http.StatusBadRequest, "x": http.StatusBadRequest,
		"0.1": http.StatusOK, "120": http.StatusOK, "": http.StatusOK,
	} {
		if answer := request(t.Context(), t, "GET", s.url+"/video?fps="+fps); answer.StatusCode != want {
			t.Errorf("fps=%s: %s", fps, answer.Status)
		}
	}
}

// hijacked is the writer of a request whose connection a handler takes over.
type hijacked struct {
	*httptest.ResponseRecorder
	conn net.Conn
}

func (h hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) { return h.conn, nil, nil }

// TestAStreamHasNoLimitsOfARequest: those that the connection carries when it
// is taken over are gone.
func TestAStreamHasNoLimitsOfARequest(t *testing.T) {
	s := newSite(t, Config{})
	conn, client := net.Pipe()
	_ = conn.SetDeadline(time.Now())
	_ = client.SetDeadline(time.Now().Add(20 * time.Second))
	ctx, cancel := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "GET", "/video", nil)
	leave := s.enter(r, "", func(error) { cancel() })
	if leave == nil {
		t.Fatal("no slot")
	}
	s.takeOver(ctx, hijacked{httptest.NewRecorder(), conn}, r, s.hub, rendition{}, leave)
	br := bufio.NewReader(client)
	readHead(t, br)
	frames, err := mjpeg.NewReader(br, mjpeg.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "joined", func() bool { return s.viewers() == 1 })
	defer publishing(s.hub, time.Second/30, func(n int) []byte { return picture(t, byte(n), 0) })()
	for range 3 {
		if _, err := frames.Next(); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
}

// TestAMistakeEndsOneStream: it is logged, the connection is closed and its
// slot is free, and the program goes on.
func TestAMistakeEndsOneStream(t *testing.T) {
	var log bytes.Buffer
	s := New(Config{Log: slog.New(slog.NewTextHandler(&log, nil)), MaxViewers: 1})
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/video", nil)
	enter := func() (leave func()) { return s.enter(r, "", func(error) {}) }
	leave := enter()
	if leave == nil || enter() != nil {
		t.Fatal("not exactly one slot")
	}
	conn, client := net.Pipe()
	_ = client.SetDeadline(time.Now().Add(20 * time.Second))
	var mistake *frames.Hub
	s.takeOver(t.Context(), hijacked{httptest.NewRecorder(), conn}, r, mistake, rendition{}, leave)
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the connection ended with %v", err)
	}
	s.streams.Wait()
	if !strings.Contains(log.String(), "please report") || enter() == nil {
		t.Errorf("its slot is taken, or nothing is logged: %s", &log)
	}
}

func FuzzParseFPS(f *testing.F) {
	for _, s := range []string{"", "15", "0.1", "NaN", "1e-320", "+Inf", "0x10", "１５"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if fps, err := parseFPS(text); err == nil && text != "" && !(fps >= minFPS && fps <= maxFPS) {
			t.Fatalf("%q is taken as %v", text, fps)
		}
	})
}
