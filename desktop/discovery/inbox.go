package discovery

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"pigrid/shared/dnssd"
)

const (
	maxAgents = 256              // known at a time; anything may announce itself on a network
	forgotten = 10 * time.Minute // unseen this long an agent no longer counts against maxAgents
)

// inbox stands between the rounds and the callback: putting never waits, and
// while the callback is busy only the newest sighting of each agent is kept.
type inbox struct {
	log     *slog.Logger
	deliver func(dnssd.Sighting)
	wake    chan struct{}

	mu      sync.Mutex
	known   map[string]time.Time // agent id -> last seen
	pending map[string]dnssd.Sighting
	order   []string // ids of pending, oldest first
	full    bool     // agents are being turned away, said once
}

func newInbox(log *slog.Logger, deliver func(dnssd.Sighting)) *inbox {
	return &inbox{
		log:     log,
		deliver: deliver,
		wake:    make(chan struct{}, 1),
		known:   map[string]time.Time{},
		pending: map[string]dnssd.Sighting{},
	}
}

// put hands a sighting in.
func (b *inbox) put(s dnssd.Sighting) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.admit(s) {
		return
	}
	if _, waiting := b.pending[s.ID]; !waiting {
		b.order = append(b.order, s.ID)
	}
	b.pending[s.ID] = s
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// admit decides about an agent under the lock.
func (b *inbox) admit(s dnssd.Sighting) bool {
	_, known := b.known[s.ID]
	if !known && len(b.known) >= maxAgents && !b.makeRoom(s.At) {
		if !b.full {
			b.log.Warn("too many agents, new ones are ignored", "limit", maxAgents)
		}
		b.full = true
		return false
	}
	if !known {
		b.full = false
		b.log.Info("agent seen", "name", s.Name, "id", s.ID, "addresses", s.Addrs, "port", s.Port)
	}
	b.known[s.ID] = s.At
	return true
}

// makeRoom drops who has not been seen for long and reports whether that helped.
func (b *inbox) makeRoom(now time.Time) bool {
	for id, at := range b.known {
		if now.Sub(at) > forgotten {
			delete(b.known, id)
		}
	}
	return len(b.known) < maxAgents
}

// seen reports whether any agent was ever seen.
func (b *inbox) seen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.known) > 0
}

// run delivers until ctx ends.
func (b *inbox) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.wake:
		}
		for s, ok := b.take(); ok && ctx.Err() == nil; s, ok = b.take() {
			b.deliver(s)
		}
	}
}

func (b *inbox) take() (dnssd.Sighting, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.order) == 0 {
		return dnssd.Sighting{}, false
	}
	id := b.order[0]
	b.order = b.order[1:]
	s := b.pending[id]
	delete(b.pending, id)
	return s, true
}
