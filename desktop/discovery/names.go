package discovery

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"pigrid/shared/dnssd"
)

const (
	askAgain  = time.Second            // a question may get lost, and who answered waits that long before it answers again
	sixAlone  = 200 * time.Millisecond // how much longer IPv4 is waited for than IPv6
	freshName = 2 * time.Second        // how long an answer is used without asking again
	maxNames  = 64                     // answers kept
)

var errNoName = errors.New("no machine on this network has that name")

// Names resolves names under .local by asking the network, as the system does
// where it can; on many a Linux it cannot.
type Names struct {
	links func() ([]dnssd.Link, error)

	mu    sync.Mutex
	known map[string]known
}

type known struct {
	addrs []netip.Addr
	at    time.Time
}

// NewNames returns a Names that asks on the interfaces of the moment.
func NewNames() *Names { return &Names{links: dnssd.Links, known: map[string]known{}} }

// Resolve returns the addresses of a name like raspberrypi.local, best first:
// IPv4, then IPv6, link-local ones with their zone. It asks until somebody
// answers or ctx ends.
func (n *Names) Resolve(ctx context.Context, name string) ([]netip.Addr, error) {
	name = strings.ToLower(strings.TrimSuffix(name, ".")) + "."
	if addrs := n.fresh(name); addrs != nil {
		return addrs, nil
	}
	links, err := n.links()
	if err != nil {
		return nil, err
	}
	addrs, err := ask(ctx, choose(links), name)
	if err == nil {
		n.keep(name, addrs)
	}
	return addrs, err
}

func (n *Names) fresh(name string) []netip.Addr {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k, ok := n.known[name]; ok && time.Since(k.at) < freshName {
		return k.addrs
	}
	return nil
}

func (n *Names) keep(name string, addrs []netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.known) >= maxNames {
		clear(n.known)
	}
	n.known[name] = known{addrs, time.Now()}
}

// ask asks on all links at once.
func ask(ctx context.Context, on []dnssd.Link, name string) ([]netip.Addr, error) {
	question, err := questionFor(name)
	if err != nil {
		return nil, err
	}
	heard := make(chan []netip.Addr)
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	asking := 0
	err = errors.New("no network interface to ask on")
	for _, l := range on {
		conn, e := listenOn(l)
		if e != nil {
			err = e
			continue
		}
		asking++
		wg.Go(func() { repeat(ctx, conn, question) })
		wg.Go(func() { listen(ctx, conn, l, name, heard) })
	}
	if asking == 0 {
		return nil, err
	}
	return gather(ctx, heard)
}

// repeat asks until ctx ends, then closes the socket.
func repeat(ctx context.Context, conn *net.UDPConn, question []byte) {
	defer func() { _ = conn.Close() }()
	for ctx.Err() == nil {
		_, _ = conn.WriteToUDPAddrPort(question, group)
		select {
		case <-time.After(askAgain):
		case <-ctx.Done():
		}
	}
}

// listen hands over the addresses that are told on the link until ctx ends.
func listen(ctx context.Context, conn *net.UDPConn, l dnssd.Link, name string, heard chan<- []netip.Addr) {
	buf := make([]byte, 9000)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return // closed
		}
		addrs := addressesOf(name, buf[:n], from.Addr().Unmap(), l)
		if len(addrs) == 0 {
			continue
		}
		select {
		case heard <- addrs:
		case <-ctx.Done():
			return
		}
	}
}

// gather returns the first addresses that are heard. IPv6 alone waits a little
// for IPv4, which comes in a packet of its own from some.
func gather(ctx context.Context, heard <-chan []netip.Addr) (all []netip.Addr, err error) {
	var enough <-chan time.Time
	for {
		select {
		case addrs := <-heard:
			all = mergeAddrs(all, addrs)
			if all[0].Is4() {
				return all, nil
			}
			if enough == nil {
				enough = time.After(sixAlone)
			}
		case <-enough:
			return all, nil
		case <-ctx.Done():
			if len(all) > 0 {
				return all, nil
			}
			return nil, errNoName
		}
	}
}
