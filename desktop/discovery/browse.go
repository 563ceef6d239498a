package discovery

import (
	"context"
	"net"
	"net/netip"

	"github.com/grandcat/zeroconf"

	"pigrid/shared/dnssd"
)

// zeroconfBrowse is the real browseFunc. Resolver and channel serve one round
// only: reused ones steal packets and close twice. The channel is drained until
// zeroconf closes it, or its goroutines would stay for ever.
func zeroconfBrowse(ctx context.Context, on []net.Interface, found func(dnssd.Answer)) (func(), error) {
	r, err := zeroconf.NewResolver(zeroconf.SelectIPTraffic(zeroconf.IPv4), zeroconf.SelectIfaces(on))
	if err != nil {
		return nil, err
	}
	entries := make(chan *zeroconf.ServiceEntry)
	ctx, cancel := context.WithCancel(ctx)
	if err := r.Browse(ctx, dnssd.Service, dnssd.Domain, entries); err != nil {
		cancel()
		return nil, err // cannot happen with our constant question; zeroconf then closes all by itself
	}
	return func() {
		defer cancel()
		left := budget
		for e := range entries {
			if left -= cost(e); left < 0 {
				cancel()
				continue // zeroconf waits until it is rid of what it has
			}
			found(answer(e))
		}
	}, nil
}

// budget is how much of what it heard a round may keep, in bytes. zeroconf keeps
// every instance for as long as it listens; the round then ends.
const budget = 8 << 20

// cost is about how many bytes zeroconf keeps for an instance.
func cost(e *zeroconf.ServiceEntry) int {
	n := 1<<10 + len(e.Instance) + len(e.HostName) + 64*(len(e.AddrIPv4)+len(e.AddrIPv6))
	for _, s := range e.Text {
		n += 16 + len(s)
	}
	return n
}

func answer(e *zeroconf.ServiceEntry) dnssd.Answer {
	a := dnssd.Answer{Instance: e.Instance, Port: e.Port, Text: e.Text}
	for _, ips := range [][]net.IP{e.AddrIPv4, e.AddrIPv6} {
		for _, ip := range ips {
			if addr, ok := netip.AddrFromSlice(ip); ok {
				a.Addrs = append(a.Addrs, addr)
			}
		}
	}
	return a
}
