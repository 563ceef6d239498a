package web

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

const (
	// maxConns and maxConnsEach are how many connections there are at once, in all
	// and of one address, that are no streams: those have slots of their own.
	// Reverse proxies on this machine may have all.
	maxConns     = 256
	maxConnsEach = 64
	// minConns are kept where the system lets the agent open few files.
	minConns = 16
	// otherFiles is how many the agent needs beside connections.
	otherFiles = 64
)

// connections returns how many connections there may be that are no streams, on a
// system that lets the agent open so many files.
func connections(files uint64, viewers int) int {
	left := int64(min(files, 1<<31)) - int64(viewers) - otherFiles
	return int(max(minConns, min(maxConns, left)))
}

// openFiles is how many files the agent may open at once.
func openFiles() uint64 {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 1024 // usual
	}
	return limit.Cur
}

// listener limits how many connections there are. At the limit one makes room that
// waits for a request, which costs nobody an answer.
type listener struct {
	net.Listener
	most, each int
	wait       time.Duration // of each connection's Write
	slow       *slowClients
	log        *slog.Logger
	config     *tls.Config // nil for HTTP only
	handshakes pacer
	full, sick seldom
	refused    *overflow // who there is no room for; nil: closed without a word
	closed     chan struct{}
	close      func()

	mu   sync.Mutex
	open []*conn // oldest first
	of   map[netip.Addr]int
}

func limitListener(ln net.Listener, most int, wait time.Duration, slow *slowClients, log *slog.Logger) *listener {
	l := &listener{
		Listener: ln, most: most, each: maxConnsEach, wait: wait, slow: slow, log: log,
		handshakes: pacer{each: handshakesEach}, closed: make(chan struct{}), of: map[netip.Addr]int{},
	}
	l.close = sync.OnceFunc(func() { close(l.closed) })
	return l
}

// Accept waits for a client. Its only error is that the listener is closed.
func (l *listener) Accept() (net.Conn, error) {
	for pause := time.Duration(0); ; {
		c, err := l.Listener.Accept()
		switch {
		case err == nil:
			pause = 0
			if in := l.letIn(newConn(c, l.wait, l.slow)); in != nil {
				return in, nil
			}
		case errors.Is(err, net.ErrClosed):
			return nil, err
		case !l.heal(err):
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			select {
			case <-time.After(pause):
			case <-l.closed:
			}
		}
	}
}

// Close accepts no more connections.
func (l *listener) Close() error {
	l.close()
	return l.Listener.Close()
}

// heal does what it can about an error of Accept. It reports whether it helped.
func (l *listener) heal(err error) bool {
	if errors.Is(err, syscall.ECONNABORTED) || errors.Is(err, syscall.EINTR) {
		return true // who called has left
	}
	few := errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
	if l.sick.now() {
		hint := "the agent tries again"
		if few {
			hint = "raise the limit of open files (LimitNOFILE= of the service, or ulimit -n), or look which program has so many open"
		}
		l.log.Warn("cannot accept new connections at the moment", "error", err, "hint", hint)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return few && l.closeWaiting(netip.Addr{})
}

// letIn returns nil for a connection that there is no room for.
func (l *listener) letIn(c *conn) *conn {
	l.mu.Lock()
	ok := l.makeRoom(c.from)
	if ok {
		c.limits, c.config, c.waits = l, l.config, time.Now()
		l.open = append(l.open, c)
		l.of[c.from]++
	}
	l.mu.Unlock()
	if !ok {
		l.refuse(c)
		return nil
	}
	return c
}

// makeRoom needs mu.
func (l *listener) makeRoom(newcomer netip.Addr) bool {
	if l.of[newcomer] >= l.each && !newcomer.IsLoopback() {
		l.warn(newcomer)
		return l.closeWaiting(newcomer)
	}
	if len(l.open) < l.most {
		return true
	}
	l.warn(newcomer)
	return l.closeWaiting(netip.Addr{}) || l.closeBusy(newcomer)
}

func (l *listener) warn(newcomer netip.Addr) {
	if l.full.now() {
		l.log.Warn("too many connections; closing those that have sent no request", "open", len(l.open), "client", newcomer, "has", l.of[newcomer])
	}
}

// closeWaiting closes the connection that has waited longest for a request: one
// of an address, or with the zero address one of that which has most. It reports
// whether there was one. It needs mu.
func (l *listener) closeWaiting(of netip.Addr) bool {
	var found *conn
	for _, c := range l.open {
		if c.busy || of.IsValid() && c.from != of {
			continue
		}
		if found == nil || l.of[c.from] > l.of[found.from] || l.of[c.from] == l.of[found.from] && c.waits.Before(found.waits) {
			found = c
		}
	}
	return l.end(found)
}

// closeBusy closes the newest connection of the address that has most, unless
// that is the newcomer's or has hardly more. It needs mu.
func (l *listener) closeBusy(newcomer netip.Addr) bool {
	var found *conn
	most := l.of[newcomer] + 1
	for _, c := range l.open {
		if n := l.of[c.from]; n > most || found != nil && n == most {
			found, most = c, n
		}
	}
	return l.end(found)
}

// end needs mu.
func (l *listener) end(c *conn) bool {
	if c == nil {
		return false
	}
	l.remove(c)
	_ = c.Conn.Close()
	return true
}

// refuse has somebody told that there is no room, if that can be done soon, and closes.
func (l *listener) refuse(c *conn) {
	c.limits, c.config = l, l.config
	if l.refused == nil || !l.refused.take(c) {
		_ = c.Conn.Close()
	}
}

// moved is told by net/http what a connection does now.
func (l *listener) moved(nc net.Conn, to http.ConnState) {
	c, ok := nc.(*conn)
	if !ok {
		return
	}
	if to == http.StateHijacked {
		c.leave() // a stream has a slot of its own
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c.busy, c.waits = to == http.StateActive, time.Now()
}

// forget gives a connection's slot to others.
func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(c)
}

// remove needs mu.
func (l *listener) remove(c *conn) {
	for i, one := range l.open {
		if one == c {
			l.open = append(l.open[:i], l.open[i+1:]...)
			if l.of[c.from]--; l.of[c.from] == 0 {
				delete(l.of, c.from)
			}
			return
		}
	}
}
