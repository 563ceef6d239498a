package client

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/dnssd"
	"pigrid/shared/endpoint"
)

const (
	sweepAtOnce = 64                     // addresses asked at a time
	sweepDial   = 300 * time.Millisecond // for a connection,
	sweepAnswer = 2 * time.Second        // and for the answer of who took it
	// maxSweep is how many networks are asked.
	maxSweep = 8
	// Agents listen on the first free port of these.
	firstPort, lastPort = 8080, 8089
)

// Sweeper asks every address of a network whether an agent is there, for
// networks that carry no multicast.
type Sweeper struct {
	Ask   func(ctx context.Context, at endpoint.Endpoint) (Found, error)
	Links func() ([]dnssd.Link, error)
}

// NewSweeper returns a Sweeper that dials what a [Client] would dial.
func NewSweeper() *Sweeper {
	return &Sweeper{Ask: newClient(onLocalNetwork, sweepDial).Status, Links: dnssd.Links}
}

// Networks lists what is searched: of each network this machine is directly on
// by IPv4, the 254 addresses around its own, or all if there are fewer. Networks
// of containers are left out.
func (s *Sweeper) Networks() ([]netip.Prefix, error) {
	links, err := s.Links()
	if err != nil {
		return nil, err
	}
	var list []netip.Prefix
	seen := map[netip.Prefix]bool{}
	for _, l := range links {
		if l.Flags&net.FlagRunning == 0 || l.Flags&net.FlagLoopback != 0 || l.Virtual() {
			continue
		}
		for _, p := range l.Prefixes {
			if !p.Addr().Is4() || p.Bits() > 30 || p.Bits() == 0 {
				continue
			}
			p = netip.PrefixFrom(p.Addr(), max(p.Bits(), 24)).Masked()
			if !seen[p] && len(list) < maxSweep {
				seen[p] = true
				list = append(list, p)
			}
		}
	}
	return list, nil
}

// Hosts lists the addresses of networks, without their first and last, which
// are no machine's.
func Hosts(networks []netip.Prefix) []netip.Addr {
	var list []netip.Addr
	for _, p := range networks {
		first := p.Addr().Next()
		for a := first; p.Contains(a.Next()); a = a.Next() {
			list = append(list, a)
		}
	}
	return list
}

// Run asks all hosts, at most 64 at a time, and returns when every question has
// ended. It calls found for every agent and asked after every host, one call at
// a time. Another program on the agents' port means that an agent of the same
// machine took the next free one: only then are the other nine asked.
func (s *Sweeper) Run(ctx context.Context, hosts []netip.Addr, found func(Found), asked func()) {
	next := make(chan netip.Addr)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range min(sweepAtOnce, len(hosts)) {
		wg.Go(func() {
			for host := range next {
				f, ok := s.host(ctx, host)
				mu.Lock()
				if ok {
					found(f)
				}
				asked()
				mu.Unlock()
			}
		})
	}
	for _, host := range hosts {
		select {
		case next <- host:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	wg.Wait()
}

// host asks one machine.
func (s *Sweeper) host(ctx context.Context, host netip.Addr) (Found, bool) {
	for port := firstPort; port <= lastPort && ctx.Err() == nil; port++ {
		ctx, cancel := context.WithTimeout(ctx, sweepAnswer)
		found, err := s.Ask(ctx, endpoint.HTTP(net.JoinHostPort(host.String(), strconv.Itoa(port))))
		cancel()
		if err == nil {
			return found, true
		}
		var f *cameras.Failure
		if !errors.As(err, &f) || !somebodyElse(f) {
			return Found{}, false
		}
	}
	return Found{}, false
}

// somebodyElse reports whether another program has the port, whatever it said.
func somebodyElse(f *cameras.Failure) bool {
	return f.Status != 0 || f.Reason == cameras.ReasonNotPigrid || f.Reason == cameras.ReasonEnded
}
