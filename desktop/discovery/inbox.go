package discovery

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"pigrid/shared/dnssd"
)

const (
	maxKnown   = 256              // whose first sighting is logged; anything may announce itself on a network
	maxPending = 1024             // sightings that wait for the callback
	forgotten  = 10 * time.Minute // unseen this long an agent no longer counts against maxKnown
)

// inbox stands between the rounds and the callback: putting never waits, and
// while the callback is busy only the newest sighting of each agent is kept.
type inbox struct {
	deliver func(dnssd.Sighting)
	wake    chan struct{}

	mu      sync.Mutex
	listed  listed
	pending map[string]dnssd.Sighting
	order   []string // ids of pending, oldest first
}

// listed are the agents that the log has named.
type listed struct {
	log   *slog.Logger
	known map[string]time.Time // agent id -> last seen
	full  bool                 // there are more, which the log has said
}

func newInbox(log *slog.Logger, deliver func(dnssd.Sighting)) *inbox {
	return &inbox{
		deliver: deliver,
		wake:    make(chan struct{}, 1),
		listed:  listed{log: log, known: map[string]time.Time{}},
		pending: map[string]dnssd.Sighting{},
	}
}

// put hands a sighting in. When too many wait, one by chance makes room: in a
// flood of invented agents a real one gets through sooner or later.
func (b *inbox) put(s dnssd.Sighting) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listed.note(s)
	if _, waiting := b.pending[s.ID]; !waiting {
		if len(b.order) < maxPending {
			b.order = append(b.order, s.ID)
		} else {
			place := rand.IntN(len(b.order))
			delete(b.pending, b.order[place])
			b.order[place] = s.ID
		}
	}
	b.pending[s.ID] = s
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// note logs an agent that was not known.
func (l *listed) note(s dnssd.Sighting) {
	_, known := l.known[s.ID]
	if !known && len(l.known) >= maxKnown && !l.makeRoom(s.At) {
		if !l.full {
			l.log.Warn("more agents are heard of than this log lists", "limit", maxKnown)
		}
		l.full = true
		return
	}
	if !known {
		l.full = false
		l.log.Info("agent seen", "name", s.Name, "id", s.ID, "addresses", s.Addrs, "port", s.Port)
	}
	l.known[s.ID] = s.At
}

// makeRoom drops who has not been seen for long and reports whether that helped.
func (l *listed) makeRoom(now time.Time) bool {
	for id, at := range l.known {
		if now.Sub(at) > forgotten {
			delete(l.known, id)
		}
	}
	return len(l.known) < maxKnown
}

// seen reports whether any agent was ever seen.
func (b *inbox) seen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.listed.known) > 0
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
