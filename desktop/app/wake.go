package app

import (
	"slices"
	"strings"
	"time"

	"pigrid/desktop/cameras"
)

const (
	// scoutEvery is how often one of those that nobody gets through to is asked
	// out of turn.
	scoutEvery = time.Second
	// recoverEvery is how often one that answers makes the others be asked.
	recoverEvery = 2 * time.Second
	// together is within what time those behind the same dead switch are found to
	// be lost.
	together = 15 * time.Second
	// lookedAway is how long after its last question nobody looks at the page.
	lookedAway = 2 * time.Second
)

// wake dials everything again, also what seems to be open: the machine slept or
// is on another network.
func (e *Engine) wake() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range e.feeds {
		f.Renew()
	}
	for _, a := range e.agents {
		a.watch.Poke()
	}
	if e.search != nil {
		e.search.Refresh()
	}
}

// unreached lists what nobody gets through to, agents by id and cameras without
// an agent by key, in order, and since when; e.mu is held.
func (e *Engine) unreached() []lost {
	var list []lost
	for id, a := range e.agents {
		if a.shown && noAnswer(a.facts.Failure) {
			list = append(list, lost{id, a.facts.FailedSince})
		}
	}
	for key, f := range e.feeds {
		if facts := f.Facts(); cameras.IsForeign(key) && facts.Wanted && noAnswer(facts.Failure) {
			list = append(list, lost{key, facts.FailedSince})
		}
	}
	slices.SortFunc(list, func(a, b lost) int { return strings.Compare(a.id, b.id) })
	return list
}

// lost is an agent or a camera without one that nobody gets through to.
type lost struct {
	id    string // of the agent, or the camera's key
	since time.Time
}

// noAnswer reports whether nobody got through: no way there, silence, or nothing
// that listens.
func noAnswer(f *cameras.Failure) bool {
	if f == nil {
		return false
	}
	switch f.Reason {
	case cameras.ReasonTimeout, cameras.ReasonUnreachable, cameras.ReasonRefused:
		return true
	default:
		return false
	}
}

// scout asks one of those that nobody gets through to, another one each second:
// they may wait for half a minute by then, and whoever answers first says that
// the network between is back. Nobody is asked while nobody looks.
func (e *Engine) scout(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := e.unreached()
	e.backTogether(list, now)
	if len(list) == 0 || now.Sub(e.scouted) < scoutEvery || now.Sub(e.looked) > lookedAway {
		return
	}
	at, found := slices.BinarySearchFunc(list, e.scoutedID, func(l lost, id string) int { return strings.Compare(l.id, id) })
	if found {
		at++
	}
	e.scouted, e.scoutedID = now, list[at%len(list)].id
	if a := e.agents[e.scoutedID]; a != nil {
		a.watch.Poke() // one of all agents each second: that is seldom enough
		return
	}
	e.askAgain(e.scoutedID)
}

// backTogether asks those that were lost at about the same time as one that is
// there again, or later: what was between has come back. list is who is lost now;
// e.mu is held.
func (e *Engine) backTogether(list []lost, now time.Time) {
	var untold []lost
	for _, l := range e.lost {
		if slices.ContainsFunc(list, func(o lost) bool { return o.id == l.id }) || !e.answers(l.id) {
			continue
		}
		if now.Sub(e.recovered) < recoverEvery {
			untold = append(untold, l)
			continue
		}
		for _, other := range list {
			if other.since.After(l.since.Add(-together)) {
				e.recovered = now
				e.askAgain(other.id)
			}
		}
	}
	e.lost = append(untold, list...)
}

// answers reports whether an agent, or a camera without one, is there; e.mu is
// held.
func (e *Engine) answers(id string) bool {
	if a := e.agents[id]; a != nil {
		return a.facts.Failure == nil
	}
	f := e.feeds[id]
	return f != nil && f.Facts().Phase == cameras.Open
}

// askAgain asks an agent, or dials a camera without one, at once; e.mu is held.
// An agent that answers then has its cameras dialled.
func (e *Engine) askAgain(id string) {
	if a := e.agents[id]; a != nil {
		a.watch.Nudge()
	} else if f := e.feeds[id]; f != nil {
		f.Retry()
	}
}
