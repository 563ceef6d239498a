package web

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// frameOf is a frame of so many bytes.
func frameOf(n int) *frames.Frame {
	return &frames.Frame{Part: mjpeg.Part{JPEG: make([]byte, n)}}
}

// TestWhoIsGivenUp when clients are behind with more than 100 bytes of pictures.
func TestWhoIsGivenUp(t *testing.T) {
	shared := frameOf(90)
	type client struct {
		rate  float64
		keeps []*frames.Frame
		done  bool // before the next comes
	}
	for name, tt := range map[string]struct {
		clients []client
		gone    []int
	}{
		"little":           {[]client{{1, []*frames.Frame{frameOf(50)}, false}, {2, []*frames.Frame{frameOf(50)}, false}}, nil},
		"the slowest":      {[]client{{9, []*frames.Frame{frameOf(50)}, false}, {1, []*frames.Frame{frameOf(50)}, false}, {5, []*frames.Frame{frameOf(50)}, false}}, []int{1}},
		"who comes":        {[]client{{9, []*frames.Frame{frameOf(100)}, false}, {1, []*frames.Frame{frameOf(1)}, false}}, []int{1}},
		"the first of two": {[]client{{0, []*frames.Frame{frameOf(60)}, false}, {0, []*frames.Frame{frameOf(60)}, false}}, []int{0}},
		"several":          {[]client{{1, []*frames.Frame{frameOf(30)}, false}, {2, []*frames.Frame{frameOf(30)}, false}, {9, []*frames.Frame{frameOf(90)}, false}}, []int{0, 1}},
		"the same picture": {[]client{{1, []*frames.Frame{shared}, false}, {2, []*frames.Frame{shared}, false}, {3, []*frames.Frame{shared}, false}}, nil},
		"two pictures":     {[]client{{2, []*frames.Frame{frameOf(60), frameOf(60)}, false}, {1, nil, false}}, []int{1, 0}},
		"who had finished": {[]client{{1, []*frames.Frame{frameOf(90)}, true}, {2, []*frames.Frame{frameOf(90)}, false}}, nil},
		"alone":            {[]client{{0, []*frames.Frame{frameOf(900)}, false}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			s := newSlowClients(100, slog.New(slog.NewTextHandler(&log, nil)))
			var gone []int
			var conns []*conn
			for n, c := range tt.clients {
				k := newConn(closing{func() { gone = append(gone, n) }}, time.Second, s)
				copy(k.keeps[:], c.keeps)
				s.add(k, c.rate)
				if c.done {
					s.end(k)
				}
				conns = append(conns, k)
			}
			if name == "two pictures" { // one client alone is never given up
				tt.gone = tt.gone[:1]
			}
			if !slices.Equal(gone, tt.gone) {
				t.Errorf("given up: %v, want %v", gone, tt.gone)
			}
			if lines := strings.Count(log.String(), "\n"); lines != min(1, len(tt.gone)) {
				t.Errorf("the log: %s", &log)
			}
			for _, k := range conns {
				s.end(k)
			}
			if s.keeps.bytes != 0 || len(s.keeps.keeps) != 0 || len(s.clients) != 0 {
				t.Errorf("%d bytes of %d pictures are still counted", s.keeps.bytes, len(s.keeps.keeps))
			}
		})
	}
}

// closing is a connection that says when it is closed.
type closing struct{ closed func() }

func (c closing) Close() error                   { c.closed(); return nil }
func (closing) Read([]byte) (int, error)         { return 0, io.EOF }
func (closing) Write(b []byte) (int, error)      { return len(b), nil }
func (closing) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (closing) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (closing) SetDeadline(time.Time) error      { return nil }
func (closing) SetReadDeadline(time.Time) error  { return nil }
func (closing) SetWriteDeadline(time.Time) error { return nil }

// TestSlowViewersDoNotFillTheMemory: each stops reading at another picture.
func TestSlowViewersDoNotFillTheMemory(t *testing.T) {
	s := newSite(t, Config{})
	const size, n, fit = 1_000_000, 20, 16
	for i := range n {
		s.hub.Publish(picture(t, byte(i), size), time.Now())
		notReading(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n")
		eventually(t, "it is behind", func() bool { s.slow.interruptNow(); return s.slow.seen() == i+1 })
	}
	if kept := s.slow.kept(); kept > slowBytes || kept < fit*size {
		t.Errorf("%d bytes are kept", kept)
	}
	eventually(t, "the others have left", func() bool { return s.viewers() == fit })

	good := request(t.Context(), t, "GET", s.url+"/video")
	parts, err := mjpeg.NewReader(good.Body, good.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range byte(20) {
		s.hub.Publish(picture(t, i, size), time.Now())
		if _, err := parts.Next(); err != nil {
			t.Fatalf("frame %d of a good viewer: %v", i, err)
		}
	}
}

// TestWhatARareViewerHasSeen is shown again before a placeholder, as long as there is
// room to keep it; else the stream ends, and browsers ask again.
func TestWhatARareViewerHasSeen(t *testing.T) {
	for name, others := range map[string]int{"room": shownBytes / 2, "no room": shownBytes} {
		t.Run(name, func(t *testing.T) {
			wait := usualPatience()
			wait.placeholder = 20 * time.Millisecond
			s := newSiteWith(t, Config{}, wait)
			other := frameOf(others)
			s.slow.keepShown(other)
			defer s.slow.dropShown(other)
			s.hub.Publish(picture(t, 1, 0), time.Now())
			answer := request(t.Context(), t, "GET", s.url+"/video?fps=30&advance=1&placeholder=1")
			parts, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
			if err == nil {
				_, err = parts.Next()
			}
			if err != nil {
				t.Fatal(err)
			}
			s.hub.Clear()
			s.hub.SetState(api.Failed, &api.Problem{Message: "gone"})
			var kinds []bool
			for {
				f, err := parts.Next()
				if err != nil {
					break
				}
				if kinds = append(kinds, f.Placeholder); f.Placeholder {
					break
				}
			}
			want := []bool{false, true} // the picture again, then the placeholder
			if name == "no room" {
				want = nil
			}
			if !slices.Equal(kinds, want) {
				t.Errorf("placeholders: %v, want %v", kinds, want)
			}
			_ = answer.Body.Close()
			eventually(t, "nothing more is counted", func() bool {
				s.slow.mu.Lock()
				defer s.slow.mu.Unlock()
				return s.slow.shown.bytes == others
			})
		})
	}
}

// notReading sends text and reads nothing; its socket takes very little.
func notReading(t *testing.T, addr, text string) {
	t.Helper()
	d := net.Dialer{Control: func(_, _ string, c syscall.RawConn) (err error) {
		failed := c.Control(func(fd uintptr) {
			err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 8<<10)
		})
		return errors.Join(failed, err)
	}}
	conn, err := d.DialContext(t.Context(), "tcp", addr)
	if err == nil {
		t.Cleanup(func() { _ = conn.Close() })
		_, err = io.WriteString(conn, text)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// interruptNow is what the beginning of another write does.
func (s *slowClients) interruptNow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interruptLate(time.Now())
}

// seen is how many clients were behind so far, when none has caught up.
func (s *slowClients) seen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.clients) + s.gaveUp
}

// kept is how many bytes of pictures are kept for slow clients.
func (s *slowClients) kept() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keeps.bytes
}
