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

// slots are limited in number. When all are taken, the newest one of the address
// that has most makes room, but only for an address that has fewer also
// afterwards: so one client never keeps out the others, and nobody takes a slot
// in turns.
type slots struct {
	most int // 0 means no limit

	mu    sync.Mutex
	taken []*slot // oldest first
}

// slot is one of them.
type slot struct {
	of     netip.Addr
	camera string // id of the camera that is watched
	since  time.Time
	end    func() // ends its stream
}

// take returns a slot for a client at an address that watches a camera, nil when there is none for it.
// end is called when it must make room; it must not wait. Who made room is
// returned too, nil when nobody had to.
func (s *slots) take(of netip.Addr, camera string, end func()) (mine, moved *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.most > 0 && len(s.taken) >= s.most {
		i := s.fullest(of)
		if i < 0 {
			return nil, nil
		}
		moved = s.taken[i]
		s.taken = slices.Delete(s.taken, i, i+1)
		moved.end()
	}
	mine = &slot{of, camera, time.Now(), end}
	s.taken = append(s.taken, mine)
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

// leave gives a slot back. One that made room has none any more.
func (s *slots) leave(mine *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.taken, mine); i >= 0 {
		s.taken = slices.Delete(s.taken, i, i+1)
	}
}

// fullest returns which slot makes room for a client at an address, -1 for none.
// It needs mu.
func (s *slots) fullest(newcomer netip.Addr) int {
	has := map[netip.Addr]int{}
	for _, one := range s.taken {
		has[one.of]++
	}
	found, most := -1, has[newcomer]+1
	for i, one := range s.taken { // the last of those that have as many is the newest
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
