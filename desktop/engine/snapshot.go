package engine

import (
	"time"

	"pigrid/desktop/arrange"
	"pigrid/desktop/cameras"
	"pigrid/desktop/reconnect"
	"pigrid/desktop/roster"
	"pigrid/desktop/settings"
)

// Snapshot is everything that the page shows.
type Snapshot struct {
	Tiles     []Tile // in display order
	Discovery Discovery
	Search    Search
	// Away has the networks on which the cameras were seen last, when this computer is
	// on others and none of them answers; else it is empty.
	Away    []string
	Notice  string        // one sentence about the app itself, mostly empty
	Crowded bool          // a found agent had no slot of late
	Twins   *roster.Twins // two agents that have the same id, nil for none
	Access  Access
	// Layout is how all cameras stand together; Views are some of them, by name.
	Layout settings.Layout
	Views  []settings.View
	// View is the name of the one that is shown, empty for all cameras. MissingView is
	// that of the one that was to be opened, if there is no such view.
	View        string
	MissingView string
}

// Tile is one camera, what is known of it, and what follows from that.
type Tile struct {
	cameras.Camera
	Facts     cameras.Facts
	Verdict   cameras.Verdict
	Access    cameras.Access
	Household string // id, empty when its agent is in none
	Hidden    bool   // a person does not want to see it
	Fill      bool   // its picture is cut so that it fills its tile
	Notify    bool   // a person is told when it goes and comes back
}

// Discovery says whether and where agents are searched for.
type Discovery struct {
	Running    bool
	Interfaces []string // "eth0 192.168.1.20/24"
	Problem    string
}

// Snapshot puts together what the page shows.
func (e *Engine) Snapshot() Snapshot {
	s := Snapshot{Discovery: e.discovery(), Search: e.sweep.state(), Notice: e.cfg.Notice, Crowded: e.Roster.Crowded(), Twins: e.Roster.Twins()}
	now := time.Now()
	var tiles []reconnect.Tile
	arranged, missing := e.arranged.Shown()
	hidden, fill, notify := setOf(arranged.Hidden), setOf(arranged.Fill), setOf(arranged.Notify)
	for _, entry := range e.Roster.Entries() {
		if e.isStranger(entry.Camera) {
			continue
		}
		facts := cameras.Facts{Stream: e.streamOf(entry.Camera), Agent: entry.Facts}
		verdict := cameras.Next(facts, now)
		tile := e.tile(entry.Camera, facts, verdict)
		tile.Hidden, tile.Fill, tile.Notify = hidden[tile.Key], fill[tile.Key], notify[tile.Key]
		s.Tiles = append(s.Tiles, tile)
		tiles = append(tiles, reconnect.Tile{Network: entry.Network, State: verdict.State, Reason: verdict.Reason})
	}
	arrange.Sort(s.Tiles, arranged.Order, func(t Tile) string { return t.Key })
	s.Layout, s.Views, s.View, s.MissingView = arranged.Layout, arranged.Views, arranged.Showing, missing
	s.Access = e.access()
	s.Away = reconnect.Away(tiles, s.Discovery.Interfaces)
	return s
}

func setOf(keys []string) map[string]bool {
	set := make(map[string]bool, len(keys))
	for _, key := range keys {
		set[key] = true
	}
	return set
}

func (e *Engine) discovery() Discovery {
	if e.search == nil {
		return Discovery{}
	}
	running, interfaces, problem := e.search.Status()
	return Discovery{Running: running, Interfaces: interfaces, Problem: problem}
}

// streamOf is what is known of a camera's stream.
func (e *Engine) streamOf(c cameras.Camera) cameras.Stream {
	if f := e.Streams.Get(c.Key); f != nil {
		return f.Facts()
	}
	// It is being tried with another password, or was found this moment.
	return cameras.Stream{Wanted: true, Phase: cameras.Dialling}
}
