package engine

import (
	"slices"
	"testing"

	"pigrid/desktop/cameras"
)

// TestNobodyWatches: what nobody looks at is no outage, nor are cameras of a home that
// this computer is away from.
func TestNobodyWatches(t *testing.T) {
	tile := func(key string, wanted bool, state cameras.State) Tile {
		t := Tile{Verdict: cameras.Verdict{State: state, Reason: cameras.ReasonTimeout}}
		t.Key, t.Facts.Wanted = key, wanted
		return t
	}
	s := Snapshot{Tiles: []Tile{
		tile("a", true, cameras.Live), tile("b", true, cameras.Offline), tile("c", false, cameras.Offline), tile("d", false, cameras.Paused),
	}}
	states := func() (list []cameras.State) {
		for _, one := range samples(s) {
			list = append(list, one.State)
		}
		return list
	}
	if got := states(); !slices.Equal(got, []cameras.State{cameras.Live, cameras.Offline, cameras.Paused, cameras.Paused}) {
		t.Errorf("got %v", got)
	}
	s.Away = []string{"192.168.1.0/24"}
	if got := states(); !slices.Equal(got, []cameras.State{cameras.Paused, cameras.Paused, cameras.Paused, cameras.Paused}) {
		t.Errorf("away: %v", got)
	}
}
