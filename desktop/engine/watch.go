package engine

import (
	"slices"
	"strings"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
	"pigrid/desktop/reconnect"
)

// watchEvery is how often the Engine looks whether the machine slept, or was carried
// to another network, and who does not answer.
const watchEvery = 100 * time.Millisecond

// watch tries again whoever does not answer, out of turn where there is reason to,
// until Stop.
func (e *Engine) watch() {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	moves := reconnect.NewMoves(e.cfg.Clock(), e.discovery().Interfaces)
	scout := reconnect.NewScout(peers{e})
	for {
		select {
		case <-ticker.C:
		case <-e.Tasks.Context().Done():
			return
		}
		if moves.Moved(e.cfg.Clock(), e.discovery().Interfaces) {
			e.cfg.Logger.Info("the network changed or the machine slept: dialling everything again")
			e.wake()
		}
		now := time.Now()
		scout.Look(now, now.Sub(e.Streams.Looked()) <= feed.LookedAway)
	}
}

// wake dials everything again, also what seems to be open: the machine slept or is on
// another network.
func (e *Engine) wake() {
	e.policy.Quiet(e.cfg.Clock().Round(0))
	e.telling.Quiet(e.cfg.Clock().Round(0))
	e.recent.Retain(func(string) bool { return false }) // the clock of their times may have stood still
	for _, f := range e.Streams.All() {
		f.Renew()
	}
	e.Roster.Poke(func(string) bool { return true })
	e.refresh()
}

// peers is the Engine as [reconnect.Peers].
type peers struct{ *Engine }

// Unreached implements [reconnect.Peers].
func (p peers) Unreached() []reconnect.Lost {
	var list []reconnect.Lost
	for _, a := range p.Roster.Agents() {
		if a.Shown && reconnect.NoAnswer(a.Failure) {
			list = append(list, reconnect.Lost{ID: a.ID, Since: a.Since})
		}
	}
	for key, f := range p.Streams.All() {
		if !cameras.IsForeign(key) {
			continue
		}
		if facts := f.Facts(); facts.Wanted && reconnect.NoAnswer(facts.Failure) {
			list = append(list, reconnect.Lost{ID: key, Since: facts.FailedSince})
		}
	}
	slices.SortFunc(list, func(a, b reconnect.Lost) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// Answers implements [reconnect.Peers].
func (p peers) Answers(id string) bool {
	if f := p.Streams.Get(id); f != nil {
		return f.Facts().Phase == cameras.Open
	}
	return p.Roster.Answers(id)
}

// Ask implements [reconnect.Peers].
func (p peers) Ask(id string) {
	if f := p.Streams.Get(id); f != nil {
		f.Retry()
		return
	}
	p.Roster.Poke(func(agent string) bool { return agent == id })
}

// AskSoon implements [reconnect.Peers]. An agent that answers then has its cameras
// dialled.
func (p peers) AskSoon(id string) {
	if f := p.Streams.Get(id); f != nil {
		f.Retry()
		return
	}
	p.Roster.AskSoon(id)
}
