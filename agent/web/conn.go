package web

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"pigrid/agent/frames"
)

const (
	// slowAfter is how long a client may take for one write before what the agent
	// keeps for it is counted.
	slowAfter = 100 * time.Millisecond
	// writeLooks is how often at least it is looked whether a client takes
	// anything at all, while it is waited for.
	writeLooks = 5
)

// conn is a client's connection. Its Write lasts however slowly the client takes
// the bytes, as long as it takes something.
type conn struct {
	net.Conn
	link *link         // nil before the first Write: who is never answered costs less
	wait time.Duration // to take the next bytes
	from netip.Addr    // whose connection it is
	slow *slowClients  // nil where nothing is counted

	writes atomic.Uint64    // that the client took something of
	keeps  [2]*frames.Frame // what stays in memory for its client; who calls Write sets it before
	until  time.Time        // the deadline of writes; zero when it is not known
	began  time.Time        // to write; under the mu of slow, as is isSlow
	isSlow bool

	config *tls.Config            // nil for no TLS
	tls    atomic.Pointer[secure] // nil without; set by the first Read
	begun  bool                   // to read

	limits *listener // that accepted it; nil for none
	busy   bool      // answers a request; under the mu of limits, as is waits
	waits  time.Time // for a request since then
	leave  func()
}

// newConn makes a connection with a Write that is patient.
func newConn(c net.Conn, wait time.Duration, slow *slowClients) *conn {
	k := &conn{Conn: c, wait: wait, from: addrOf(c.RemoteAddr().String()), slow: slow}
	k.leave = sync.OnceFunc(func() {
		if k.limits != nil {
			k.limits.forget(k)
		}
	})
	return k
}

// Close closes the connection and gives its slot back.
func (c *conn) Close() error {
	c.leave()
	if s := c.tls.Load(); s != nil {
		return s.close()
	}
	return c.Conn.Close()
}

// Read implements [net.Conn]. Clients choose between HTTP and TLS by their first byte.
func (c *conn) Read(b []byte) (int, error) {
	if s := c.tls.Load(); s != nil {
		return s.Read(b)
	}
	n, err := c.Conn.Read(b)
	if n == 0 || c.begun {
		return n, err
	}
	c.begun = true
	if c.config == nil || b[0] != tlsHello {
		return n, err
	}
	s, err := c.startTLS(b[:n])
	if err != nil {
		return 0, err
	}
	return s.Read(b)
}

// CloseWrite closes the sending side: net/http does before it closes a connection
// whose client may still be sending.
func (c *conn) CloseWrite() error {
	if s := c.tls.Load(); s != nil {
		s.under.closing.Store(true)
		_ = s.CloseWrite()
	}
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Write sends b, in TLS if the client chose that.
func (c *conn) Write(b []byte) (int, error) {
	if s := c.tls.Load(); s != nil {
		return s.write(b)
	}
	return c.writePlain(b)
}

// writePlain sends b as it is. A client that takes nothing for the time of c.wait is given up,
// and one that is behind may be, where clients make the agent keep too much. How
// it fares is looked at ever more rarely.
func (c *conn) writePlain(b []byte) (int, error) {
	if c.link == nil {
		c.link = tune(c.Conn)
	}
	now := time.Now()
	c.link.writing(now)
	if err := c.setDeadline(now, c.wait/writeLooks); err != nil {
		return 0, err
	}
	c.slow.begin(c, now)
	defer c.slow.end(c)
	moved, looked := now, now
	for sent, look := 0, slowAfter; ; look *= 2 {
		n, err := c.Conn.Write(b[sent:])
		if sent += n; n > 0 {
			c.writes.Add(1)
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return sent, err
		}
		now := time.Now()
		if n > 0 {
			moved = now
		}
		if s := c.tls.Load(); now.Sub(moved) >= c.wait || s != nil && s.under.closing.Load() {
			return sent, err
		}
		c.slow.add(c, float64(n)/now.Sub(looked).Seconds())
		looked = now
		look = min(look, c.wait/writeLooks)
		if err := c.SetWriteDeadline(now.Add(look)); err != nil {
			return sent, err
		}
	}
}

// setDeadline makes the next write return after most at the latest. A deadline that
// is still far away stays: setting one for each frame costs a third of what a single
// viewer costs.
func (c *conn) setDeadline(now time.Time, most time.Duration) error {
	if left := c.until.Sub(now); left > most/2 && left <= most {
		return nil
	}
	c.until = now.Add(most)
	return c.Conn.SetWriteDeadline(c.until)
}

// interrupt makes a write that is waiting return at once. Any goroutine may call it.
func (c *conn) interrupt() { _ = c.Conn.SetWriteDeadline(time.Unix(1, 0)) }

// SetWriteDeadline may only be called by the goroutine that calls Write.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.until = time.Time{}
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline may only be called by the goroutine that calls Write.
func (c *conn) SetDeadline(t time.Time) error {
	c.until = time.Time{}
	return c.Conn.SetDeadline(t)
}

// connKey is under which a request's context holds its conn.
type connKey struct{}

// connOf returns the connection of a request, nil where net/http has another.
func connOf(ctx context.Context) *conn {
	c, _ := ctx.Value(connKey{}).(*conn)
	return c
}

// addrOf reads HOST:PORT; what is none has the zero address.
func addrOf(hostport string) netip.Addr {
	at, err := netip.ParseAddrPort(hostport)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap().WithZone("")
}
