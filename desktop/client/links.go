package client

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"pigrid/shared/lan"
)

const (
	// elsewhereAtOnce is how many addresses on other networks are asked at a time:
	// anybody can announce some, and the app must not search other people's
	// networks in their name.
	elsewhereAtOnce = 8
	// linksFor is how long the networks of this computer are taken to stay.
	linksFor = time.Second
)

// Links tells which addresses are on a link of this computer, and keeps questions
// to others few. It is safe for concurrent use; nil takes all for near.
type Links struct {
	own   func() ([]netip.Prefix, error)
	slots chan struct{}

	mu    sync.Mutex
	known []netip.Prefix
	err   error
	at    time.Time
}

// NewLinks makes the Links of a computer that is directly on these networks;
// [lan.OwnPrefixes] tells those of this one.
func NewLinks(own func() ([]netip.Prefix, error)) *Links {
	return &Links{own: own, slots: make(chan struct{}, elsewhereAtOnce)}
}

// OnLink reports whether host:port is on a link of this computer. So is a name: it
// was typed.
func (l *Links) OnLink(address string) bool {
	ap, err := netip.ParseAddrPort(address)
	if l == nil || err != nil {
		return true
	}
	addr := ap.Addr().Unmap()
	if addr.IsLoopback() || addr.Zone() != "" {
		return true
	}
	own, err := l.networks()
	return err != nil || slices.ContainsFunc(own, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// networks returns those that this computer is directly on.
func (l *Links) networks() ([]netip.Prefix, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.at.IsZero() || now.Sub(l.at) >= linksFor {
		l.known, l.err = l.own()
		l.at = now
	}
	return l.known, l.err
}

// enter waits until another address elsewhere may be asked; leave ends that.
func (l *Links) enter(ctx context.Context) (leave func(), err error) {
	select {
	case l.slots <- struct{}{}:
		return func() { <-l.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sorted returns those of the addresses that are on a link, and the others.
func (l *Links) sorted(addresses []string) (near, elsewhere []string) {
	for _, a := range addresses {
		if l.OnLink(a) {
			near = append(near, a)
		} else {
			elsewhere = append(elsewhere, a)
		}
	}
	return near, elsewhere
}

// NewOwnLinks makes the Links of this computer.
func NewOwnLinks() *Links { return NewLinks(lan.OwnPrefixes) }
