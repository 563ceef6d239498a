package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Viewer is a client that watches a camera.
type Viewer struct {
	Address netip.Addr
	Camera  string // its id
	Since   time.Time
}

// Viewers returns the viewers of the moment, the first to come first.
func (s *Server) Viewers() []Viewer {
	var all []Viewer
	for _, one := range s.viewers.Taken() {
		all = append(all, Viewer{one.Of, one.Camera, one.Since})
	}
	return all
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
