package dnssd

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Link is a network interface with its addresses, in the system's order.
type Link struct {
	net.Interface
	Prefixes []netip.Prefix // address and prefix length; fe80 without zone
}

// Links lists the interfaces that are up. One whose addresses cannot be read
// (it has just been unplugged) is left out.
func Links() ([]Link, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var links []Link
	for _, i := range all {
		if i.Flags&net.FlagUp == 0 {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			continue
		}
		links = append(links, Link{i, prefixes(addrs)})
	}
	return links, nil
}

func prefixes(addrs []net.Addr) []netip.Prefix {
	var out []netip.Prefix
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// Multicast reports whether other machines can be reached by mDNS on this link:
// it is up with a carrier, can multicast, has an address and is neither
// loopback nor point-to-point.
func (l Link) Multicast() bool {
	const need = net.FlagUp | net.FlagRunning | net.FlagMulticast
	const never = net.FlagLoopback | net.FlagPointToPoint
	return l.Flags&need == need && l.Flags&never == 0 && len(l.Prefixes) > 0
}

// Loopback reports whether the link is a loopback interface with 127.0.0.1. A
// machine without any network can still talk mDNS to itself there: Linux
// carries the packets although the interface lacks the multicast flag.
func (l Link) Loopback() bool {
	return l.Flags&(net.FlagUp|net.FlagLoopback) == net.FlagUp|net.FlagLoopback &&
		slices.ContainsFunc(l.Prefixes, func(p netip.Prefix) bool {
			return p.Addr() == netip.AddrFrom4([4]byte{127, 0, 0, 1})
		})
}

// Virtual reports whether the name says that containers or virtual machines of
// this host are behind the link and no other machine is.
func (l Link) Virtual() bool {
	return slices.ContainsFunc([]string{"docker", "br-", "veth", "virbr"}, func(prefix string) bool {
		return strings.HasPrefix(l.Name, prefix)
	})
}

// IPv4 reports whether the link has an IPv4 address.
func (l Link) IPv4() bool {
	return slices.ContainsFunc(l.Prefixes, func(p netip.Prefix) bool { return p.Addr().Is4() })
}

// Equal reports whether mDNS would behave the same on both links: same
// interface, flags and addresses.
func (l Link) Equal(m Link) bool {
	return l.Index == m.Index && l.Name == m.Name && l.Flags == m.Flags && slices.Equal(l.Prefixes, m.Prefixes)
}

// String is the name and one address, IPv4 if there is one:
// "eth0 192.168.1.20/24".
func (l Link) String() string {
	if len(l.Prefixes) == 0 {
		return l.Name
	}
	best := l.Prefixes[0]
	for _, p := range l.Prefixes {
		if p.Addr().Is4() {
			best = p
			break
		}
	}
	return l.Name + " " + best.String()
}
