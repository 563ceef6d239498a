package site

import (
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// maxConnections is how many are open at once,
	maxConnections = 512
	// maxEach and how many of one address. Of this machine and of proxies all may be.
	maxEach = 128
	// sayEvery is how often it is said that there are too many.
	sayEvery = time.Minute
)

// listener closes connections beyond its limits at once.
type listener struct {
	net.Listener
	trusts func(netip.Addr) bool // proxies, which speak for many
	log    *slog.Logger

	mu   sync.Mutex
	all  int
	each map[netip.Addr]int
	said time.Time
}

func limit(ln net.Listener, trusts func(netip.Addr) bool, log *slog.Logger) *listener {
	return &listener{Listener: ln, trusts: trusts, log: log, each: map[netip.Addr]int{}}
}

// Accept implements [net.Listener].
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := netip.Addr{}
		if at, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil {
			from = at.Addr().Unmap().WithZone("")
		}
		if l.enter(from) {
			return &conn{c.(*net.TCPConn), sync.OnceFunc(func() { l.leave(from) })}, nil
		}
		_ = c.Close()
	}
}

// enter counts a connection if there is room for it.
func (l *listener) enter(from netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= maxConnections || l.each[from] >= maxEach && !from.IsLoopback() && !l.trusts(from) {
		if time.Since(l.said) >= sayEvery {
			l.said = time.Now()
			l.log.Warn("too many connections; further ones are closed", "client", from, "limit", maxConnections, "of one address", maxEach)
		}
		return false
	}
	l.all++
	l.each[from]++
	return true
}

func (l *listener) leave(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.each[from]--; l.each[from] == 0 {
		delete(l.each, from)
	}
}

// conn gives its place back when it is closed.
type conn struct {
	*net.TCPConn
	leave func()
}

// Close implements [net.Conn].
func (c *conn) Close() error {
	c.leave()
	return c.TCPConn.Close()
}
