package reconnect

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"pigrid/desktop/cameras"
)

// network is one that this computer is on.
type network struct {
	link   string // its interface
	prefix netip.Prefix
}

// networksOf reads interfaces like "eth0 192.168.1.20/24". Loopback leads nowhere.
func networksOf(interfaces []string) []network {
	var list []network
	for _, text := range interfaces {
		link, address, _ := strings.Cut(text, " ")
		if p, err := netip.ParsePrefix(address); err == nil && !p.Addr().IsLoopback() {
			list = append(list, network{link, p.Masked()})
		}
	}
	return list
}

// networkOf returns which of the networks host:port is on, "" when nobody knows.
func networkOf(address string, networks []network) string {
	ap, err := netip.ParseAddrPort(address)
	if err != nil { // a name
		if len(networks) == 1 {
			return networks[0].prefix.String()
		}
		return ""
	}
	addr := ap.Addr().Unmap()
	for _, n := range networks {
		if addr.Zone() == n.link || n.prefix.Contains(addr) {
			return n.prefix.String()
		}
	}
	return ""
}

// settled is how long this computer must be on the same networks before it is noted
// that cameras are there: what came before may still be shown.
const settled = 5 * time.Second

// Stay knows since when this computer is on the same networks. It belongs to one
// goroutine.
type Stay struct {
	interfaces []string
	since      time.Time
}

// Here notes the networks of now, and returns a function that says on which of them
// an address is at which a camera gave its last picture: "192.168.1.0/24", "" when
// that is not known.
func (s *Stay) Here(now time.Time, interfaces []string) func(address string, lastFrame time.Time) string {
	if !slices.Equal(interfaces, s.interfaces) {
		s.interfaces, s.since = interfaces, now
	}
	networks := networksOf(interfaces)
	return func(address string, lastFrame time.Time) string {
		if now.Sub(s.since) < settled || !lastFrame.After(s.since.Add(settled-time.Second)) {
			return ""
		}
		return networkOf(address, networks)
	}
}

// Tile is what [Away] needs of a camera.
type Tile struct {
	Network string // on which it gave its last picture, "" when that is not known
	State   cameras.State
	Reason  cameras.Reason
}

// Away returns the networks on which the cameras were seen last, when this computer is
// on others and none of the cameras answers; else nothing. A computer that is on no
// network is not away, nor is one on a network of the same numbers.
func Away(tiles []Tile, interfaces []string) []string {
	var seen []string
	for _, t := range tiles {
		if t.Network != "" && !slices.Contains(seen, t.Network) {
			seen = append(seen, t.Network)
		}
	}
	here := networksOf(interfaces)
	if len(here) == 0 || slices.ContainsFunc(here, func(n network) bool { return slices.Contains(seen, n.prefix.String()) }) {
		return nil
	}
	missed := false
	for _, t := range tiles {
		switch {
		case t.State == cameras.Offline, t.Reason == cameras.ReasonOtherLogin, t.Reason == cameras.ReasonOtherNetwork: // or a stranger has its address
			missed = true
		case t.State != cameras.Paused:
			return nil
		}
	}
	if !missed {
		return nil
	}
	slices.Sort(seen)
	return seen
}
