package client

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// systemFirst is how long the system has to resolve a name under .local
	// before the network is asked too.
	systemFirst = 300 * time.Millisecond
	// nameTimeout is how long both have.
	nameTimeout = 3 * time.Second
)

// Resolver finds the addresses of a name, best first.
type Resolver func(ctx context.Context, host string) ([]netip.Addr, error)

// LocalNames makes the Client ask local, too, for names under .local: a Linux
// without nss-mdns does not know them. It is called before the Client is used.
func (c *Client) LocalNames(local Resolver) *Client {
	c.names = &names{system: c.localOnly(systemNames), local: local}
	return c
}

// localOnly leaves out what is not to be dialled: some providers' servers answer
// every name they do not know with an address of their own.
func (c *Client) localOnly(resolve Resolver) Resolver {
	return func(ctx context.Context, host string) ([]netip.Addr, error) {
		addrs, err := resolve(ctx, host)
		if err != nil {
			return nil, err
		}
		addrs = slices.DeleteFunc(addrs, func(a netip.Addr) bool { return !c.allowed(a) })
		if len(addrs) == 0 {
			return nil, errNotLocal
		}
		return addrs, nil
	}
}

func systemNames(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// dial is what [net.Dialer.DialContext] is, for all names.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || c.names == nil || !strings.HasSuffix(strings.ToLower(host), ".local") {
		return c.dialer.DialContext(ctx, network, address)
	}
	addrs, err := c.names.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	return c.dialOne(ctx, network, addrs, port)
}

// dialOne tries one address after the other.
func (c *Client) dialOne(ctx context.Context, network string, addrs []netip.Addr, port string) (conn net.Conn, err error) {
	for i, addr := range addrs {
		dialer := *c.dialer
		dialer.Timeout = max(c.dialer.Timeout/time.Duration(len(addrs)), time.Second)
		var e error
		if conn, e = dialer.DialContext(ctx, network, net.JoinHostPort(addr.Unmap().String(), port)); e == nil {
			return conn, nil
		}
		if i == 0 { // the best one's is the most telling
			err = e
		}
	}
	return nil, err
}

// names resolves by the system and by asking the network.
type names struct{ system, local Resolver }

// lookup returns the first answer. The network is asked when the system does not
// know, or takes its time; an error is that of who gave up first, mostly the
// system's.
func (n *names) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	type answer struct {
		addrs []netip.Addr
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, nameTimeout)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	answers, unknown := make(chan answer, 2), make(chan struct{})
	ask := func(r Resolver) error {
		addrs, err := r(ctx, host)
		answers <- answer{addrs, err}
		return err
	}
	wg.Go(func() {
		if ask(n.system) != nil {
			close(unknown)
		}
	})
	wg.Go(func() {
		select {
		case <-unknown:
		case <-time.After(systemFirst):
		case <-ctx.Done():
			answers <- answer{err: ctx.Err()}
			return
		}
		_ = ask(n.local)
	})
	one := <-answers
	if one.err != nil {
		if other := <-answers; other.err == nil {
			return other.addrs, nil
		}
	}
	return one.addrs, one.err
}
