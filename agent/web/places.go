package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// places are limited in number. When all are taken, the newest one of the address
// that has most makes room, but only for an address that has fewer also
// afterwards: so one client never keeps out the others, and nobody takes a place
// in turns.
type places struct {
	most int // 0 means no limit

	mu    sync.Mutex
	taken []*place // oldest first
}

// place is one of them.
type place struct {
	of     netip.Addr
	camera string // id of the camera that is watched
	since  time.Time
	end    func() // ends its stream
}

// take returns a place for a client at an address that watches a camera, nil when there is none for it.
// end is called when it must make room; it must not wait. Who made room is
// returned too, nil when nobody had to.
func (p *places) take(of netip.Addr, camera string, end func()) (mine, moved *place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.most > 0 && len(p.taken) >= p.most {
		i := p.fullest(of)
		if i < 0 {
			return nil, nil
		}
		moved = p.taken[i]
		p.taken = slices.Delete(p.taken, i, i+1)
		moved.end()
	}
	mine = &place{of, camera, time.Now(), end}
	p.taken = append(p.taken, mine)
	return mine, moved
}

// Viewer is a client that watches a camera.
type Viewer struct {
	Address netip.Addr
	Camera  string // its id
	Since   time.Time
}

// Viewers returns the viewers of the moment, the first to come first.
func (s *Server) Viewers() []Viewer {
	s.viewers.mu.Lock()
	defer s.viewers.mu.Unlock()
	var all []Viewer
	for _, p := range s.viewers.taken {
		all = append(all, Viewer{p.of, p.camera, p.since})
	}
	return all
}

// leave gives a place back. One that made room has none any more.
func (p *places) leave(mine *place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.taken, mine); i >= 0 {
		p.taken = slices.Delete(p.taken, i, i+1)
	}
}

// fullest returns which place makes room for a client at an address, -1 for none.
// It needs mu.
func (p *places) fullest(newcomer netip.Addr) int {
	has := map[netip.Addr]int{}
	for _, one := range p.taken {
		has[one.of]++
	}
	found, most := -1, has[newcomer]+1
	for i, one := range p.taken { // the last of those that have as many is the newest
		if has[one.of] > most || found >= 0 && has[one.of] == most {
			found, most = i, has[one.of]
		}
	}
	return found
}

// clientOf returns whose request it is. A reverse proxy on this machine speaks for
// others and says for whom in the last X-Forwarded-For, which it adds itself.
func clientOf(r *http.Request) netip.Addr {
	peer := addrOf(r.RemoteAddr)
	if !peer.IsLoopback() {
		return peer
	}
	said := r.Header.Values("X-Forwarded-For")
	if len(said) == 0 {
		return peer
	}
	all := strings.Split(said[len(said)-1], ",")
	last := strings.TrimSpace(all[len(all)-1])
	if host, _, err := net.SplitHostPort(last); err == nil {
		last = host
	}
	if addr, err := netip.ParseAddr(strings.Trim(last, "[]")); err == nil {
		return addr.Unmap().WithZone("")
	}
	return peer
}
