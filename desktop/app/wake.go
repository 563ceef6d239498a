package app

import (
	"slices"
	"time"

	"pigrid/desktop/cameras"
)

// scoutEvery is how often one of the agents that fail together is asked out of
// turn.
const scoutEvery = time.Second

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

// outage returns the agents that fail, when they are several and at least half
// of those with tiles: the network between may be dead; e.mu is held.
func (e *Engine) outage() []string {
	var failing []string
	shown := 0
	for id, a := range e.agents {
		if !a.shown {
			continue
		}
		shown++
		if a.facts.Failure != nil {
			failing = append(failing, id)
		}
	}
	if len(failing) < 2 || 2*len(failing) < shown {
		return nil
	}
	slices.Sort(failing)
	return failing
}

// scout asks one of the agents that fail together, another one each second: all
// of them wait long by then, and whoever answers first says that the network is
// back.
func (e *Engine) scout(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now.Sub(e.scouted) < scoutEvery {
		return
	}
	failing := e.outage()
	if len(failing) == 0 {
		return
	}
	at, found := slices.BinarySearch(failing, e.scoutedID)
	if found {
		at++
	}
	e.scouted, e.scoutedID = now, failing[at%len(failing)]
	e.agents[e.scoutedID].watch.Poke()
}

// answersAgain dials all that fail when many fail together and one of them
// answers: the network between works again; e.mu is held.
func (e *Engine) answersAgain(id string) {
	failing := e.outage()
	now := time.Now()
	if !slices.Contains(failing, id) || now.Sub(e.recovered) < hurryEvery {
		return
	}
	e.recovered = now
	for _, other := range failing {
		e.agents[other].watch.Poke()
		for _, c := range e.registry.Of(other) {
			if f := e.feeds[c.Key]; f != nil && f.Facts().Failure != nil {
				f.Retry()
			}
		}
	}
	for key, f := range e.feeds {
		if cameras.IsForeign(key) && f.Facts().Failure != nil {
			f.Retry()
		}
	}
}
