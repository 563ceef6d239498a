package gridapi

import (
	"net"
	"sync"
)

// guests are the connections of a camera that should serve one at a time.
type guests struct {
	mu   sync.Mutex
	here map[net.Conn]bool
	most int // at once
}

// enter takes in a connection, and reports whether there is no other. Those that the
// other side has closed do not count, though whoever serves them may not know yet.
func (g *guests) enter(c net.Conn) (alone bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.here == nil {
		g.here = map[net.Conn]bool{}
	}
	g.sweep()
	g.here[c] = true
	g.most = max(g.most, len(g.here))
	return len(g.here) == 1
}

func (g *guests) leave(c net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.here, c)
}

// count returns how many there are, and how many there were at once.
func (g *guests) count() (now, most int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweep()
	return len(g.here), g.most
}

// sweep needs mu.
func (g *guests) sweep() {
	for c := range g.here {
		if hungUp(c) {
			delete(g.here, c)
		}
	}
}
