package web

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"pigrid/agent/frames"
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
					s.done(k)
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
				s.done(k)
			}
			if s.bytes != 0 || len(s.keeps) != 0 || len(s.clients) != 0 {
				t.Errorf("%d bytes of %d pictures are still counted", s.bytes, len(s.keeps))
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
	const size, n, fit = 4_000_000, 12, 4
	for i := range n {
		s.hub.Publish(picture(t, byte(i), size), time.Now())
		conn := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n")
		if err := conn.(*net.TCPConn).SetReadBuffer(8 << 10); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it is behind", func() bool { return s.slow.kept() >= min(i+1, fit)*size })
	}
	eventually(t, "only some are kept", func() bool { return s.viewers() == fit && s.slow.kept() <= slowBytes })

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

// kept is how many bytes of pictures are kept for slow clients.
func (s *slowClients) kept() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}
