package web

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// tlsHello is the first byte of a client that speaks TLS (RFC 8446, section 5.1).
	// No HTTP request begins with it.
	tlsHello = 0x16
	// maxJoined is how many bytes are written together, as one frame of usual size is. A
	// larger one is written record by record: 64 KiB for each client that is slow with it
	// would be too much, and it costs hardly more.
	maxJoined = 64 << 10
	// recordsExtra is what the records of so many bytes have beside them, at most.
	recordsExtra = 512
	// handshakesEach is how many TLS handshakes of one address are made in a second.
	// One takes some milliseconds of a small Pi's processor.
	handshakesEach = 10
	// farewell is how long the last bytes of TLS may take when a connection is closed.
	farewell = 50 * time.Millisecond
)

// secure is the TLS of a connection.
type secure struct {
	*tls.Conn
	under *records
}

// errTooFast closes a connection of an address that makes too many handshakes.
var errTooFast = errors.New("too many TLS handshakes")

// startTLS continues a connection in TLS. begun is what was read of it already. It
// waits when an address makes too many handshakes, and gives up when many wait.
func (c *conn) startTLS(begun []byte) (*secure, error) {
	if l := c.limits; l != nil {
		wait, ok := l.handshakes.soon(c.from, time.Now())
		if !ok {
			return nil, errTooFast
		}
		if wait > 0 {
			select {
			case <-time.After(wait):
			case <-l.closed:
			}
		}
	}
	under := &records{Conn: c.Conn, to: c, begun: append([]byte(nil), begun...)}
	s := &secure{tls.Server(under, c.config), under}
	c.tls.Store(s)
	return s, nil
}

// write sends b in records that are written together, so that a frame costs as few
// calls of the system as without TLS.
func (s *secure) write(b []byte) (int, error) {
	if len(b) > maxJoined {
		return s.Write(b)
	}
	s.under.join(len(b))
	n, err := s.Write(b)
	if e := s.under.flush(); err == nil {
		err = e
	}
	return n, err
}

// close says goodbye if that is possible at once, and closes. It never waits for a
// client that takes nothing.
func (s *secure) close() error {
	s.under.closing.Store(true)
	if !s.under.mu.TryLock() { // somebody writes, perhaps for long
		return s.under.Close()
	}
	s.under.mu.Unlock()
	late := time.AfterFunc(farewell, func() { _ = s.under.Close() })
	defer late.Stop()
	return s.Close()
}

// records is what TLS writes its records to. A tls.Conn can never be used again once
// a write of it has failed for its deadline, so patience is needed below it.
type records struct {
	net.Conn
	to      *conn
	begun   []byte // to be read first
	closing atomic.Bool

	mu      sync.Mutex
	joining bool
	joined  []byte
}

// Read implements [net.Conn].
func (r *records) Read(b []byte) (int, error) {
	if len(r.begun) > 0 {
		n := copy(b, r.begun)
		if r.begun = r.begun[n:]; len(r.begun) == 0 {
			r.begun = nil
		}
		return n, nil
	}
	return r.Conn.Read(b)
}

// Write implements [net.Conn].
func (r *records) Write(b []byte) (int, error) {
	if r.closing.Load() {
		_ = r.SetWriteDeadline(time.Now().Add(farewell))
		return r.Conn.Write(b)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.joining {
		return r.to.writePlain(b)
	}
	r.joined = append(r.joined, b...)
	return len(b), nil
}

// join keeps the records of so many bytes until flush.
func (r *records) join(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.joining = true
	if cap(r.joined) < n+recordsExtra {
		r.joined = make([]byte, 0, n+recordsExtra)
	}
}

func (r *records) flush() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.joining = false
	return r.send()
}

// send needs mu.
func (r *records) send() error {
	if len(r.joined) == 0 {
		return nil
	}
	_, err := r.to.writePlain(r.joined)
	r.joined = r.joined[:0]
	return err
}

// isSecure reports whether a request came over TLS.
func isSecure(ctx context.Context) bool {
	c := connOf(ctx)
	return c != nil && c.tls.Load() != nil
}
