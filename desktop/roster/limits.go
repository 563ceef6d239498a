package roster

import (
	"cmp"
	"time"

	"pigrid/desktop/cameras"
)

const (
	// maxUnknown is how many agents are watched that nobody typed in: anything
	// on a network may announce itself.
	maxUnknown = 256
	// maxAgents is how many there are with those that a person added.
	maxAgents = 512
	// chance is how long an agent that was only heard of has to answer before
	// another one may have its slot.
	chance = 500 * time.Millisecond
	// rumour is how long an agent that was only heard of is asked in vain, and
	// how long it then waits behind those that had no slot yet.
	rumour = time.Minute
	// maxTurned bounds how many of those are remembered.
	maxTurned = 1 << 14
	// crowdedFor is how long the page is told that there was no slot.
	crowdedFor = time.Minute
)

// slotForSighted reports whether an agent that was heard of at a host may be
// watched, and lets go of another one for it if need be.
//
// Whoever answered or was remembered keeps its slot, until it has been away for
// long, or has an address at which many answer. Among the others every one has its
// turn, so that invented agents cannot keep a real one out: it answers while it has
// the slot.
func (b *book) slotForSighted(id, host string) bool {
	if len(b.agents) < maxUnknown || b.unknownAgents() < maxUnknown {
		return true
	}
	now := time.Now()
	if at, ok := b.turned[id]; ok && now.Sub(at) < rumour {
		return false
	}
	victim, shown := "", true
	for other, a := range b.agents {
		if a.typed || a.shown {
			continue
		}
		shown = false
		had := a.facts.Failure != nil || now.Sub(a.begun) >= chance
		if had && (victim == "" || a.begun.Before(b.agents[victim].begun)) {
			victim = other
		}
	}
	if shown {
		if victim = b.longestAway(now); victim == "" {
			b.crowded = now
			victim = b.crowding(host)
		}
	}
	if victim == "" {
		return false
	}
	b.turnAway(victim)
	return true
}

// longestAway returns the agent that nobody typed in and that has not answered for
// the longest time, "" when none has been away for long. Its tiles
// stay, and it is watched again when it is heard of and there is a slot.
func (b *book) longestAway(now time.Time) string {
	longest := ""
	for id, a := range b.agents {
		if a.typed || a.facts.Failure == nil || now.Sub(a.facts.FailedSince) < cameras.LongMissing {
			continue
		}
		if longest == "" || a.facts.FailedSince.Before(b.agents[longest].facts.FailedSince) {
			longest = id
		}
	}
	return longest
}

// crowding returns the newest of the agents that answer at the address with most of
// them, "" when that has hardly more than this host. Its tiles stay.
func (b *book) crowding(host string) string {
	at := map[string]int{}
	for _, a := range b.agents {
		if !a.typed && a.answers != "" {
			at[hostOf(a.answers)]++
		}
	}
	newest, most := "", at[host]+1
	for id, a := range b.agents {
		n := at[hostOf(a.answers)]
		if a.typed || a.answers == "" || n < most || newest == "" && n == most {
			continue
		}
		if n > most || a.begun.After(b.agents[newest].begun) {
			newest, most = id, n
		}
	}
	return newest
}

// slotForTyped does the same for an agent that a person added.
func (b *book) slotForTyped() bool {
	if len(b.agents) < maxAgents {
		return true
	}
	for id, a := range b.agents {
		if !a.typed && !a.shown {
			b.turnAway(id)
			return true
		}
	}
	return false
}

// unknown counts the watched agents that nobody typed in.
func (b *book) unknownAgents() int {
	n := 0
	for _, a := range b.agents {
		if !a.typed {
			n++
		}
	}
	return n
}

// turnAway ends the watch of an agent that was only heard of.
func (b *book) turnAway(id string) {
	now := time.Now()
	if len(b.turned) >= maxTurned {
		for other, at := range b.turned {
			if now.Sub(at) >= rumour {
				delete(b.turned, other)
			}
		}
	}
	if len(b.turned) >= maxTurned {
		clear(b.turned)
	}
	b.turned[id] = now
	b.drop(id)
}

// mark keeps whether an agent has a tile and whether a person wanted it.
func (b *book) mark(id string, list []cameras.Camera) {
	a := b.agents[id]
	if a == nil {
		return
	}
	a.shown = len(list) > 0
	for _, c := range list {
		a.typed = a.typed || c.Added
	}
}

// Twins are two agents that have the same id.
type Twins struct {
	Name  string // of the camera that is shown
	Shown string // host:port of its agent
	Other string // host:port of the other one
}

func (b *book) twins() *Twins {
	var first *Twins
	for id, a := range b.agents {
		if a.twin == "" || !a.shown {
			continue
		}
		t := Twins{b.of(id)[0].Name, a.answers, a.twin}
		if first == nil || cmp.Or(cmp.Compare(t.Name, first.Name), cmp.Compare(t.Shown, first.Shown), cmp.Compare(t.Other, first.Other)) < 0 {
			first = &t
		}
	}
	return first
}
