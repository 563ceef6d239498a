package announce

import (
	"net/netip"
	"slices"
	"strings"

	"pigrid/shared/api"
	"pigrid/shared/dnssd"
)

// scene is all that an announcement depends on and that may change by itself.
type scene struct {
	host   string
	name   string // for people, as its owner wants; empty for the one of the Config
	access api.Access
	links  []dnssd.Link
	at     netip.Addr // that the agent listens on, as in the Config
}

func (s scene) equal(t scene) bool {
	return s.host == t.host && s.name == t.name && s.access == t.access && slices.EqualFunc(s.links, t.links, dnssd.Link.Equal)
}

// loopback reports whether only this machine can hear the announcement.
func (s scene) loopback() bool { return len(s.links) == 1 && s.links[0].Loopback() }

// String is for the log: "eth0 192.168.1.20 fe80::1, wlan0 10.0.0.3".
func (s scene) String() string {
	var on []string
	for _, a := range s.announced() {
		on = append(on, strings.Join(append([]string{a.Interface}, a.Addresses...), " "))
	}
	return strings.Join(on, ", ")
}

// announced is what zeroconf tells on each link.
func (s scene) announced() []api.Announced {
	on := make([]api.Announced, 0, len(s.links))
	for _, l := range s.links {
		on = append(on, api.Announced{Interface: l.Name, Addresses: told(l, s.at)})
	}
	return on
}

// told lists the addresses that are answered with on a link: the one that the
// agent listens on, or those that zeroconf finds by itself: IPv4, then IPv6,
// where link-local ones count only when there are no others.
func told(l dnssd.Link, at netip.Addr) []string {
	if single(at) {
		return []string{at.WithZone("").String()}
	}
	var four, six, local []string
	for _, p := range l.Prefixes {
		switch a := p.Addr(); {
		case a.IsLoopback() && (a.Is6() || !l.Loopback()):
		case a.Is4():
			four = append(four, a.String())
		case a.IsGlobalUnicast():
			six = append(six, a.String())
		case a.IsLinkLocalUnicast():
			local = append(local, a.String())
		}
	}
	if len(six) == 0 {
		six = local
	}
	return append(four, six...)
}

// look reads the scene as it is.
func (a *Announcer) look() (scene, error) {
	links, err := a.links()
	if err != nil {
		return scene{}, err
	}
	host, err := a.hostname()
	if err != nil {
		return scene{}, err
	}
	s := scene{host: host, links: choose(links, a.cfg.Interface, a.cfg.At), at: a.cfg.At}
	if a.cfg.Says != nil {
		s.name, s.access = a.cfg.Says()
	}
	return s, nil
}
