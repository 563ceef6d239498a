package web

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/shared/mjpeg"
)

// closeSending half-closes a connection, as `nc -N` and some proxies do.
func closeSending(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
}

func TestAHalfClosedViewerGoesOnReceiving(t *testing.T) {
	s := newSiteWith(t, Config{}, usualPatience())
	for _, proto := range []string{"HTTP/1.1", "HTTP/1.0"} {
		conn := raw(t, s.addr, "GET /video "+proto+"\r\nHost: pi\r\n\r\n")
		closeSending(t, conn)
		r := bufio.NewReader(conn)
		readHead(t, r)
		parts, err := mjpeg.NewReader(r, mjpeg.ContentType)
		if err != nil {
			t.Fatal(err)
		}
		stop := publishing(s.hub, 10*time.Millisecond, func(int) []byte { return picture(t, 1, 0) })
		for range 50 {
			if _, err := parts.Next(); err != nil {
				t.Fatalf("%s: %v", proto, err)
			}
		}
		_ = conn.Close()
		eventually(t, "left while frames come", func() bool { return s.viewers() == 0 })
		stop()
	}
}

// halfClosed is a connection whose other side has closed its sending side.
type halfClosed struct{ net.Conn }

func (halfClosed) Read([]byte) (int, error) { return 0, io.EOF }

// TestHowLongAHalfClosedViewerStays: as long as it is sent something, and not
// much longer.
func TestHowLongAHalfClosedViewerStays(t *testing.T) {
	for _, frames := range []int{0, 1, 100} {
		synctest.Test(t, func(t *testing.T) {
			wait := usualPatience()
			s := &stream{conn: &conn{Conn: halfClosed{}}, patience: wait}
			const every = 10 * time.Second // the slowest ?fps=
			go func() {
				for range frames {
					time.Sleep(every)
					s.conn.writes.Add(1)
				}
			}()
			begin, last := time.Now(), time.Duration(frames)*every
			_ = s.watch(t.Context())
			if d := time.Since(begin); d < last || d > last+2*wait.linger {
				t.Errorf("%d frames, the last after %v: given up after %v", frames, last, d)
			}
		})
	}
}

func TestAHalfClosedViewerWithoutFramesIsGivenUp(t *testing.T) {
	s := newSite(t, Config{})
	conn := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n")
	eventually(t, "joined", func() bool { return s.viewers() == 1 })
	begin := time.Now()
	closeSending(t, conn)
	if _, err := io.Copy(io.Discard, conn); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(begin); d < shortLinger {
		t.Errorf("given up after %v", d)
	}
	eventually(t, "left", func() bool { return s.viewers() == 0 })
}

// What viewers send means nothing, and the agent read all of it, for ever: a core of
// a Pi for each of them.
func TestAViewerThatSendsIsThrownOut(t *testing.T) {
	s := newSite(t, Config{})
	quiet := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n")
	conn := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n"+strings.Repeat("x", maxSaid))
	eventually(t, "both joined", func() bool { return s.viewers() == 2 })
	if _, err := conn.Write(make([]byte, 8<<10)); err != nil { // net/http has read some of the first
		t.Fatal(err)
	}
	eventually(t, "who sends is thrown out", func() bool { return s.viewers() == 1 })
	s.hub.Publish(picture(t, 1, 0), time.Now())
	r := bufio.NewReader(quiet)
	readHead(t, r)
	parts, err := mjpeg.NewReader(r, mjpeg.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parts.Next(); err != nil {
		t.Errorf("the other viewer: %v", err)
	}
}

func TestAHalfClosedClientGetsItsSnapshot(t *testing.T) {
	s := newSite(t, Config{})
	// net/http ends the request's own context when it notices: only then.
	noticed, handler := make(chan struct{}), s.Handler(t.Context())
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		context.AfterFunc(r.Context(), func() { close(noticed) })
		handler.ServeHTTP(w, r)
	}))
	defer srv.Close()
	want := picture(t, 7, 0)
	conn := raw(t, srv.Listener.Addr().String(), "GET /snapshot.jpg?settle=0 HTTP/1.0\r\n\r\n")
	closeSending(t, conn)
	<-noticed
	s.hub.Publish(want, time.Now())
	got, err := io.ReadAll(conn)
	if err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.0 200 OK\r\n")) || !bytes.HasSuffix(got, want) {
		t.Errorf("answer is %.200q, %v", got, err)
	}
}

func TestASnapshotThatWaitsDoesNotHoldUpTheEnd(t *testing.T) {
	s := newSite(t, Config{})
	conn := raw(t, s.addr, "GET /snapshot.jpg HTTP/1.1\r\nHost: pi\r\n\r\n")
	eventually(t, "it waits for a frame", func() bool { return s.viewers() == 1 })
	s.stop()
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("it was cut off: %v", err) // as what still runs in the end is
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusServiceUnavailable || s.viewers() != 0 {
		t.Errorf("answer is %s, %d viewers are left", answer.Status, s.viewers())
	}
}

// TestAClientThatSendsByteByByte is thrown out although it is never silent for
// long. Ten times as fast as usual: a second here stands for ten.
func TestAClientThatSendsByteByByte(t *testing.T) {
	usual := usualPatience()
	s := newSiteWith(t, Config{}, patience{header: usual.header / 10, body: usual.body, placeholder: usual.placeholder, write: usual.write, linger: usual.linger})
	conn := raw(t, s.addr, "")
	begin := time.Now()
	go func() {
		tick := time.NewTicker(time.Second / 10)
		defer tick.Stop()
		for _, c := range []byte("GET /video HTTP/1.1\r\nHost: pi") {
			if _, err := conn.Write([]byte{c}); err != nil {
				return
			}
			<-tick.C
		}
	}()
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("it was never thrown out")
	}
	if d := time.Since(begin); d < s.patience.header/2 {
		t.Errorf("it was thrown out after %v", d)
	}
	_ = conn.Close()
	if s.viewers() != 0 {
		t.Error("it is a viewer")
	}
}

func TestTenMegabytesOfHeadersCostLittle(t *testing.T) {
	s := newSite(t, Config{})
	for name, text := range map[string]string{
		"one long":   "X: " + strings.Repeat("x", 10<<20) + "\r\n",
		"many short": strings.Repeat("X-Header: some text that is sent over and over\r\n", 10<<20/48),
	} {
		header := []byte(text)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		conn := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n")
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			_, _ = conn.Write(header) // fails when the server hangs up
		}()
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s: %s", name, answer.Status)
		}
		_ = answer.Body.Close()
		_ = conn.Close()
		<-sent
		runtime.ReadMemStats(&after)
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 1<<20 {
			t.Errorf("%s: it cost %d bytes", name, cost)
		}
	}
}

// TestAViewerThatNeverReadsIsThrownOut: what it costs until then is one
// goroutine and the frame it hangs on, and nobody else notices.
func TestAViewerThatNeverReadsIsThrownOut(t *testing.T) {
	usual := usualPatience()
	s := newSiteWith(t, Config{}, patience{header: usual.header, body: usual.body, placeholder: usual.placeholder, write: usual.write / 10, linger: usual.linger})
	raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n")
	eventually(t, "joined", func() bool { return s.viewers() == 1 })
	begin := time.Now()
	big := picture(t, 1, 400_000)
	defer publishing(s.hub, time.Second/30, func(int) []byte { return big })()
	eventually(t, "it is thrown out", func() bool { return s.viewers() == 0 })
	if d := time.Since(begin); d < s.patience.write {
		t.Errorf("after %v already", d)
	}
}

// TestRateOverHTTP: the frames a viewer gets lie evenly, judged by the time
// each was taken.
func TestRateOverHTTP(t *testing.T) {
	for _, fps := range []float64{15, 10} {
		s := newSite(t, Config{})
		answer := request(t.Context(), t, "GET", fmt.Sprintf("%s/video?fps=%v", s.url, fps))
		r, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "joined", func() bool { return s.viewers() == 1 })
		const frames, interval = 91, time.Second / 30
		start, due := time.Now(), 30/int(fps)
		for n := range frames {
			// A camera's clock jitters; every third frame here is late by a fifth.
			s.hub.Publish(picture(t, byte(n), 0), start.Add(time.Duration(n)*interval+time.Duration(n%3/2)*interval/5))
			if n%due != 0 {
				continue
			}
			f, err := r.Next()
			if err != nil || !bytes.Equal(f.JPEG, picture(t, byte(n), 0)) {
				t.Fatalf("fps=%v: frame %d was not the next one shown (%v)", fps, n, err)
			}
		}
		_ = answer.Body.Close()
	}
}

// TestNoClientHoldsAConnectionForEver: one that does not read its snapshot, and
// one that announces a body and never sends it.
func TestNoClientHoldsAConnectionForEver(t *testing.T) {
	wait := usualPatience()
	wait.body, wait.write = 200*time.Millisecond, 200*time.Millisecond
	s := newSiteWith(t, Config{}, wait)
	const size = 20_000_000 // far more than sockets hold
	s.hub.Publish(picture(t, 1, size), time.Now())

	lazy := raw(t, s.addr, "GET /snapshot.jpg?settle=0 HTTP/1.1\r\nHost: pi\r\n\r\n")
	eventually(t, "a client that does not read its snapshot is thrown out", func() bool {
		_, err := lazy.Write([]byte("x")) // what nobody takes any more is an error
		return err != nil
	})
	silent := raw(t, s.addr, "GET /healthz HTTP/1.1\r\nHost: pi\r\nContent-Length: 1000\r\n\r\nx")
	begin := time.Now()
	_, _ = io.Copy(io.Discard, silent) // until the agent closes
	if d := time.Since(begin); d > 10*time.Second {
		t.Errorf("a client that sends no body was kept for %v", d)
	}
}
