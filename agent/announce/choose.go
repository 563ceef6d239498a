package announce

import (
	"net/netip"
	"slices"

	"pigrid/shared/dnssd"
)

// choose picks the interfaces to announce on: the one asked for, else all that
// other machines can be behind, else loopback. None of them is one where nobody
// gets to the address that the agent listens on. What only this machine gets to
// is not announced when it has a network: the app does not search on loopback
// then, and zeroconf would answer questions from the network with it.
func choose(links []dnssd.Link, only string, at netip.Addr) []dnssd.Link {
	var on, loopback []dnssd.Link
	network := false
	for _, l := range links {
		switch {
		case only != "" && l.Name != only:
		case l.Multicast() && (only != "" || !l.Virtual()):
			network = true
			if reached(l, at) {
				on = append(on, l)
			}
		case l.Loopback() && here(links, at):
			loopback = append(loopback, l)
		}
	}
	if !network {
		return loopback[:min(1, len(loopback))]
	}
	return on
}

// single reports whether an agent that listens on at does so on one address only.
func single(at netip.Addr) bool { return at.IsValid() && !at.IsUnspecified() }

// reached reports whether who is on a link gets to what listens on at.
func reached(l dnssd.Link, at netip.Addr) bool {
	if !single(at) {
		return !at.Is4() || l.IPv4() // 0.0.0.0 leaves IPv6 out
	}
	return (at.Zone() == "" || at.Zone() == l.Name) &&
		slices.ContainsFunc(l.Prefixes, func(p netip.Prefix) bool { return p.Addr() == at.WithZone("") })
}

// here reports whether programs on this machine get to at, which a machine may
// have lost since the agent began to listen there.
func here(links []dnssd.Link, at netip.Addr) bool {
	return !single(at) || at.IsLoopback() || slices.ContainsFunc(links, func(l dnssd.Link) bool { return reached(l, at) })
}
