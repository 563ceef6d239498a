package web

import (
	"context"
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
	isSlow bool             // Write has said so; only it uses this

	limits *listener // that let it in; nil for none
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

// Close closes the connection and gives its place back.
func (c *conn) Close() error {
	c.leave()
	return c.Conn.Close()
}

// CloseWrite closes the sending side: net/http does before it closes a connection
// whose client may still be sending.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Write sends b. A client that takes nothing for the time of c.wait is given up,
// and one that is behind may be, where clients make the agent keep too much. How
// it fares is looked at ever more rarely.
func (c *conn) Write(b []byte) (int, error) {
	if c.link == nil {
		c.link = tune(c.Conn)
	}
	moved := time.Now()
	c.link.writing(moved)
	look := min(slowAfter, c.wait/writeLooks)
	for sent := 0; ; look = min(2*look, c.wait/writeLooks) {
		if err := c.SetWriteDeadline(time.Now().Add(look)); err != nil {
			return sent, err
		}
		n, err := c.Conn.Write(b[sent:])
		if sent += n; n > 0 {
			moved = time.Now()
			c.writes.Add(1)
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(moved) >= c.wait {
			if c.isSlow {
				c.slow.done(c)
			}
			return sent, err
		}
		c.slow.add(c, float64(n)/look.Seconds())
	}
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
