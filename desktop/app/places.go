package app

import (
	"fmt"
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
	// another one may have its place.
	chance = 500 * time.Millisecond
	// rumour is how long an agent that was only heard of is asked in vain, and
	// how long it then waits behind those that had no place yet.
	rumour = time.Minute
	// maxTurned bounds how many of those are remembered.
	maxTurned = 1 << 14
	// crowdedFor is how long the page is told that there was no place.
	crowdedFor = time.Minute
)

// crowdedNotice is for the person whose network announces more than fits.
const crowdedNotice = "There are more agents on this network than PiGrid can show. Forget some that are not yours; others then appear by themselves."

// placeForSighted reports whether an agent that was heard of at a host may be
// watched, and lets go of another one for it if need be; e.mu is held.
//
// Whoever answered or was remembered keeps its place, until it has been away for
// long, or has an address at which many answer. Among the others every one has its
// turn, so that invented agents cannot keep a real one out: it answers while it has
// the place.
func (e *Engine) placeForSighted(id, host string) bool {
	if len(e.agents) < maxUnknown || e.unknown() < maxUnknown {
		return true
	}
	now := time.Now()
	if at, ok := e.turned[id]; ok && now.Sub(at) < rumour {
		return false
	}
	victim, shown := "", true
	for other, a := range e.agents {
		if a.typed || a.shown {
			continue
		}
		shown = false
		had := a.facts.Failure != nil || now.Sub(a.begun) >= chance
		if had && (victim == "" || a.begun.Before(e.agents[victim].begun)) {
			victim = other
		}
	}
	if shown {
		if victim = e.longestAway(now); victim == "" {
			e.crowded = now
			victim = e.crowding(host)
		}
	}
	if victim == "" {
		return false
	}
	e.turnAway(victim)
	return true
}

// longestAway returns the agent that nobody typed in and that has not answered for
// the longest time, "" when none has been away for long; e.mu is held. Its tiles
// stay, and it is watched again when it is heard of and there is a place.
func (e *Engine) longestAway(now time.Time) string {
	longest := ""
	for id, a := range e.agents {
		if a.typed || a.facts.Failure == nil || now.Sub(a.facts.FailedSince) < cameras.LongMissing {
			continue
		}
		if longest == "" || a.facts.FailedSince.Before(e.agents[longest].facts.FailedSince) {
			longest = id
		}
	}
	return longest
}

// crowding returns the newest of the agents that answer at the address with most of
// them, "" when that has hardly more than this host; e.mu is held. Its tiles stay.
func (e *Engine) crowding(host string) string {
	at := map[string]int{}
	for _, a := range e.agents {
		if !a.typed && a.answers != "" {
			at[hostOf(a.answers)]++
		}
	}
	newest, most := "", at[host]+1
	for id, a := range e.agents {
		n := at[hostOf(a.answers)]
		if a.typed || a.answers == "" || n < most || newest == "" && n == most {
			continue
		}
		if n > most || a.begun.After(e.agents[newest].begun) {
			newest, most = id, n
		}
	}
	return newest
}

// placeForTyped does the same for an agent that a person added; e.mu is held.
func (e *Engine) placeForTyped() bool {
	if len(e.agents) < maxAgents {
		return true
	}
	for id, a := range e.agents {
		if !a.typed && !a.shown {
			e.turnAway(id)
			return true
		}
	}
	return false
}

// unknown counts the watched agents that nobody typed in; e.mu is held.
func (e *Engine) unknown() int {
	n := 0
	for _, a := range e.agents {
		if !a.typed {
			n++
		}
	}
	return n
}

// turnAway ends the watch of an agent that was only heard of; e.mu is held.
func (e *Engine) turnAway(id string) {
	now := time.Now()
	if len(e.turned) >= maxTurned {
		for other, at := range e.turned {
			if now.Sub(at) >= rumour {
				delete(e.turned, other)
			}
		}
	}
	if len(e.turned) >= maxTurned {
		clear(e.turned)
	}
	e.turned[id] = now
	e.drop(id)
}

// notice is the sentence for the page about the app itself; e.mu is held.
func (e *Engine) notice(now time.Time) string {
	switch {
	case e.cfg.Notice != "":
		return e.cfg.Notice
	case e.twinNotice() != "":
		return e.twinNotice()
	case !e.crowded.IsZero() && now.Sub(e.crowded) < crowdedFor:
		return crowdedNotice
	}
	return ""
}

// mark keeps whether an agent has a tile and whether a person wanted it; e.mu is
// held.
func (e *Engine) mark(id string, list []cameras.Camera) {
	a := e.agents[id]
	if a == nil {
		return
	}
	a.shown = len(list) > 0
	for _, c := range list {
		a.typed = a.typed || c.Added
	}
}

// twinNotice names two agents that have one id; e.mu is held.
func (e *Engine) twinNotice() string {
	words := ""
	for id, a := range e.agents {
		if a.twin == "" || !a.shown {
			continue
		}
		s := fmt.Sprintf("Two agents have the same identity: %s at %s, which is shown, and another at %s. Start one of them with a --state-dir of its own.",
			e.registry.Of(id)[0].Name, a.answers, a.twin)
		if words == "" || s < words { // always the same one of several
			words = s
		}
	}
	return words
}
