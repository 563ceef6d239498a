package reconnect

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
)

// Lost is an agent or a camera without one that nobody gets through to.
type Lost struct {
	ID    string // of the agent, or the camera's key
	Since time.Time
}

// NoAnswer reports whether nobody got through: no way there, silence, or nothing
// that listens.
func NoAnswer(f *cameras.Failure) bool {
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

// Peers are all agents, and the cameras without one.
type Peers interface {
	Unreached() []Lost // by ID
	Answers(id string) bool
	Ask(id string)     // at once
	AskSoon(id string) // not more often than every two seconds
}

// Scout asks those out of turn that nobody gets through to. It belongs to one
// goroutine.
type Scout struct {
	peers     Peers
	lost      []Lost    // whom nobody got through to at the last look, and who is back and was not acted on yet
	scouted   time.Time // last time one of them was asked out of turn
	scoutedID string    // which
	recovered time.Time // last time they were asked because one answered
}

// NewScout returns a Scout that knows of nobody yet.
func NewScout(peers Peers) *Scout { return &Scout{peers: peers} }

// Look asks one of those that nobody gets through to, another one each second: they
// may wait for half a minute by then, and whoever answers first says that the network
// between is back. Nobody is asked while watched is false: nobody looks at the page.
func (s *Scout) Look(now time.Time, watched bool) {
	list := s.peers.Unreached()
	s.backTogether(list, now)
	if len(list) == 0 || now.Sub(s.scouted) < scoutEvery || !watched {
		return
	}
	at, found := slices.BinarySearchFunc(list, s.scoutedID, func(l Lost, id string) int { return strings.Compare(l.ID, id) })
	if found {
		at++
	}
	s.scouted, s.scoutedID = now, list[at%len(list)].ID
	s.peers.Ask(s.scoutedID) // one of all agents each second: that is seldom enough
}

// backTogether asks those that were lost at about the same time as one that is there
// again, or later: what was between has come back. list is who is lost now.
func (s *Scout) backTogether(list []Lost, now time.Time) {
	var waiting []Lost
	for _, l := range s.lost {
		if slices.ContainsFunc(list, func(o Lost) bool { return o.ID == l.ID }) || !s.peers.Answers(l.ID) {
			continue
		}
		if now.Sub(s.recovered) < recoverEvery {
			waiting = append(waiting, l)
			continue
		}
		for _, other := range list {
			if other.Since.After(l.Since.Add(-together)) {
				s.recovered = now
				s.peers.AskSoon(other.ID)
			}
		}
	}
	s.lost = append(waiting, list...)
}
