//go:build linux

package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"pigrid/shared/jpegscale"
	"pigrid/shared/mjpeg"
)

const (
	streamHead = "HTTP/1.1 200 OK\r\nContent-Type: " + mjpeg.ContentType +
		"\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n" + mjpeg.Opening
	slowFactor  = 6
	patience    = 10 * time.Second
	framesOfCut = 10
)

// serveVideo takes the connection over and streams.
func (a *agent) serveVideo(w http.ResponseWriter, r *http.Request) {
	asked, err := wishOf(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusHTTPVersionNotSupported)
		return
	}
	tune(conn)
	if !a.join(conn, asked) {
		return
	}
	a.streams.Go(func() {
		defer a.leave(conn)
		s := stream{agent: a, conn: conn, asked: asked}
		if s.write([]byte(streamHead)) == nil {
			s.run()
		}
	})
}

// wish is what a viewer asks for, zero for all of it.
type wish struct {
	fps   float64
	width int // pixels
}

func wishOf(r *http.Request) (w wish, err error) {
	if text := r.URL.Query().Get("fps"); text != "" {
		if w.fps, err = strconv.ParseFloat(text, 64); err != nil || !(w.fps >= 0.1 && w.fps <= 120) {
			return w, errors.New("fps must be a number from 0.1 to 120")
		}
	}
	if text := r.URL.Query().Get("width"); text != "" {
		if w.width, err = strconv.Atoi(text); err != nil || w.width < 1 || w.width > 65535 {
			return w, errors.New("width must be a whole number of pixels from 1 to 65535")
		}
	}
	return w, nil
}

// join notes an open stream, unless streams have just begun to be refused.
func (a *agent) join(conn net.Conn, asked wish) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fault.endsStreams() && a.fault != newer { // that one goes on as another program
		end(conn, a.fault)
		return false
	}
	a.conns[conn] = asked
	a.viewers.Add(1)
	return true
}

func (a *agent) leave(conn net.Conn) {
	_ = conn.Close()
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.conns, conn)
	a.viewers.Add(-1)
}

// tune keeps frames from queueing in the socket, as a real agent does.
func tune(conn net.Conn) {
	_ = conn.SetDeadline(time.Time{})
	if tcp, ok := tcpOf(conn); ok {
		if raw, err := tcp.SyscallConn(); err == nil {
			_ = raw.Control(func(fd uintptr) {
				_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, 16<<10)
			})
		}
	}
}

// stream is one viewer.
type stream struct {
	agent *agent
	conn  net.Conn
	asked wish
	sent  int // frames
}

func (s *stream) write(b []byte) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(patience))
	n, err := s.agent.link.write(s.conn, b)
	s.agent.bytes.Add(int64(n))
	return err
}

// run writes frames until the viewer leaves or a fault ends the stream. What is
// due is computed from the clock: a viewer that is late gets the newest frame.
func (s *stream) run() {
	gone := make(chan struct{})
	go func() { // viewers send nothing: whatever comes is the end
		defer close(gone)
		var b [1]byte
		_, _ = s.conn.Read(b[:])
	}()
	defer func() { _ = s.conn.Close(); <-gone }()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for last := uint32(0); ; {
		f, changed := s.agent.state()
		at := s.agent.newestAt(time.Now())
		due := s.next(last, f)
		if due < at && last > 0 {
			due = at // late: the newest
		} else if last == 0 {
			due = at
		}
		var tick <-chan time.Time
		if f != stall && f != hang && f != failed {
			timer.Reset(time.Until(s.agent.takenAt(due)))
			tick = timer.C
		}
		select {
		case <-gone:
			return
		case <-changed:
			continue
		case <-tick:
		}
		last = due
		if s.send(due, f) != nil {
			return
		}
	}
}

// next is the number of the frame after this one at the rate of this viewer,
// evenly spaced.
func (s *stream) next(last uint32, f fault) uint32 {
	rate := float64(time.Second) / float64(s.agent.interval)
	want := rate
	switch {
	case f == slow:
		want = rate / slowFactor
	case f == placeholder:
		want = 1
	case f == bulky: // six of them fill a gigabit
		want = 0.5
	case s.asked.fps > 0:
		want = s.asked.fps
	}
	step := max(1, rate/want)
	return uint32(math.Ceil(float64(last+1)/step) * step)
}

// factor is by what the pictures of this viewer are divided.
func (s *stream) factor(f fault) int {
	strips := s.agent.scene.strips
	if s.asked.width == 0 || strips.rigid.Load() || f.oversize() {
		return 1
	}
	return jpegscale.Factor(strips.format.width, s.asked.width)
}

// send writes one part, as the fault has it.
func (s *stream) send(n uint32, f fault) error {
	s.sent++
	if f == garbage {
		noise := make([]byte, 256<<10)
		_, _ = rand.Read(noise) // never fails
		return s.write(noise)
	}
	factor := s.factor(f)
	jpeg := s.agent.picture(n, f, factor)
	if f == bulky {
		return s.sendUncopied(n, jpeg)
	}
	part := mjpeg.NewPart(jpeg, s.agent.takenAt(n), f == placeholder).Standard
	if factor > 1 && f != placeholder {
		full := s.agent.scene.strips.format
		part = mjpeg.ScaledPartIn(nil, jpeg, s.agent.takenAt(n), jpegscale.Scaled(full.width, factor), jpegscale.Scaled(full.height, factor)).Standard
	}
	switch {
	case f == truncate && s.sent%3 == 0:
		torn := append(part[:len(part)/2:len(part)/2], "\r\n--"+mjpeg.Boundary+"\r\n"...)
		return s.write(torn)
	case f == cut && s.sent%framesOfCut == 0:
		_ = s.write(part[:len(part)/2])
		return net.ErrClosed
	}
	return s.write(part)
}

// sendUncopied writes a part without a copy of its picture for each viewer: sixty
// with 33 MB are 2 GB.
func (s *stream) sendUncopied(n uint32, jpeg []byte) error {
	head := fmt.Appendf(nil, "Content-Type: image/jpeg\r\nContent-Length: %d\r\n%s: %.6f\r\n\r\n",
		len(jpeg), mjpeg.TimestampHeader, float64(s.agent.takenAt(n).UnixMicro())/1e6)
	for _, b := range [][]byte{head, jpeg, []byte("\r\n" + mjpeg.Opening)} {
		if err := s.write(b); err != nil {
			return err
		}
	}
	return nil
}
