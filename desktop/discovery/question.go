package discovery

import (
	"cmp"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"

	"pigrid/shared/dnssd"
)

const (
	mdnsPort      = 5353
	maxNameAddrs  = 8
	multicastHops = 255 // some answer only who is that near for certain (RFC 6762, section 11)
)

var group = netip.AddrPortFrom(netip.AddrFrom4([4]byte{224, 0, 0, 251}), mdnsPort)

// questionFor packs the question what the addresses of a name are.
func questionFor(name string) ([]byte, error) {
	return (&dns.Msg{Question: []dns.Question{
		{Name: name, Qtype: dns.TypeA, Qclass: dns.ClassINET},
		{Name: name, Qtype: dns.TypeAAAA, Qclass: dns.ClassINET},
	}}).Pack()
}

// listenOn opens a socket that asks and hears on a link, of this machine too. It
// has the port of mDNS, to which firewalls let answers through.
func listenOn(l dnssd.Link) (*net.UDPConn, error) {
	conn, err := net.ListenMulticastUDP("udp4", &l.Interface, net.UDPAddrFromAddrPort(group))
	if err != nil {
		return nil, err
	}
	p := ipv4.NewPacketConn(conn)
	if err := errors.Join(p.SetMulticastLoopback(true), p.SetMulticastTTL(multicastHops)); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// addressesOf reads what a packet that came from somebody on a link says about
// a name; none when it says nothing. Linux hands every socket the packets of all
// links, so those that do not come from this one are left to the others.
func addressesOf(name string, packet []byte, from netip.Addr, l dnssd.Link) (addrs []netip.Addr) {
	onLink := l.Loopback() || // which has no address of its own to send from
		slices.ContainsFunc(l.Prefixes, func(p netip.Prefix) bool { return p.Contains(from) })
	var m dns.Msg
	if !onLink || m.Unpack(packet) != nil || !m.Response {
		return nil
	}
	for _, rr := range slices.Concat(m.Answer, m.Extra) {
		if !strings.EqualFold(rr.Header().Name, name) || rr.Header().Ttl == 0 { // 0: a goodbye
			continue
		}
		switch rr := rr.(type) {
		case *dns.A:
			addrs = mergeAddrs(addrs, usable(rr.A, l))
		case *dns.AAAA:
			addrs = mergeAddrs(addrs, usable(rr.AAAA, l))
		}
	}
	return addrs
}

// usable is the address if it can be dialled at all.
func usable(ip net.IP, l dnssd.Link) []netip.Addr {
	addr, ok := netip.AddrFromSlice(ip)
	addr = addr.Unmap()
	switch {
	case !ok || addr.IsUnspecified() || addr.IsMulticast() || addr.IsLoopback() && !l.Loopback():
		return nil
	case addr.Is6() && addr.IsLinkLocalUnicast():
		addr = addr.WithZone(l.Name)
	}
	return []netip.Addr{addr}
}

// mergeAddrs puts addresses together, IPv4 first.
func mergeAddrs(a, b []netip.Addr) []netip.Addr {
	all := slices.Clone(a)
	for _, addr := range b {
		if !slices.Contains(all, addr) {
			all = append(all, addr)
		}
	}
	slices.SortStableFunc(all, func(a, b netip.Addr) int { return cmp.Compare(rank(a), rank(b)) })
	return all[:min(len(all), maxNameAddrs)]
}

func rank(a netip.Addr) int {
	switch {
	case a.Is4():
		return 0
	case a.IsLinkLocalUnicast():
		return 2
	}
	return 1
}
