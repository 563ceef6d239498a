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
	if err := r.Browse(ctx, dnssd.Service, dnssd.Domain, entries); err != nil {
		return nil, err // cannot happen with our constant question; zeroconf then closes all by itself
	}
	return func() {
		for e := range entries {
			found(answer(e))
		}
	}, nil
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
