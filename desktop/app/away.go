package app

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

// noteNetworks notes on which network each camera is that gives pictures; e.mu is
// held.
func (e *Engine) noteNetworks() {
	if e.search == nil {
		return
	}
	now := time.Now()
	_, interfaces, _ := e.search.Status()
	if !slices.Equal(interfaces, e.interfaces) {
		e.interfaces, e.arrivedAt = interfaces, now
	}
	if now.Sub(e.arrivedAt) < settled {
		return
	}
	networks := networksOf(interfaces)
	for key, f := range e.feeds {
		if facts := f.Facts(); facts.Phase == cameras.Open && facts.LastFrame.After(e.arrivedAt.Add(settled-time.Second)) {
			target := f.Target()
			here := networkOf(target.Addr, networks)
			e.registry.Settle(key, here)
			if target.Home == "" && here != "" {
				target.Home = here
				f.SetTarget(target)
			}
		}
	}
}

// awayFrom returns the networks on which the cameras were seen last, when this
// computer is on others and none of the cameras answers; else nothing. A computer
// that is on no network is not away, nor is one on a network of the same numbers.
func awayFrom(known []cameras.Camera, shown []Camera, interfaces []string) []string {
	var seen []string
	for _, c := range known {
		if c.Network != "" && !slices.Contains(seen, c.Network) {
			seen = append(seen, c.Network)
		}
	}
	here := networksOf(interfaces)
	if len(here) == 0 || slices.ContainsFunc(here, func(n network) bool { return slices.Contains(seen, n.prefix.String()) }) {
		return nil
	}
	missed := false
	for _, c := range shown {
		switch {
		case c.State == cameras.Offline, c.Reason == cameras.ReasonOtherLogin, c.Reason == cameras.ReasonOtherNetwork: // or a stranger has its address
			missed = true
		case c.State != cameras.Paused:
			return nil
		}
	}
	if !missed {
		return nil
	}
	slices.Sort(seen)
	return seen
}
