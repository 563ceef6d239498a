package engine

import (
	"slices"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/history"
	"pigrid/desktop/notify"
	"pigrid/shared/api"
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
	s.Tiles[3].Facts.Agent = cameras.Agent{API: api.Version, Camera: api.Idle}
	s.Tiles = append(s.Tiles, tile("e", false, cameras.Paused)) // its agent did not say anything yet
	all := false
	states := func() (list []cameras.State) {
		for _, one := range samples(s, all) {
			list = append(list, one.State)
		}
		return list
	}
	if got := states(); !slices.Equal(got, []cameras.State{cameras.Live, cameras.Offline, cameras.Paused, cameras.Paused, cameras.Paused}) {
		t.Errorf("got %v", got)
	}
	all = true
	if got := states(); !slices.Equal(got, []cameras.State{cameras.Live, cameras.Offline, cameras.Offline, cameras.Answers, cameras.Paused}) {
		t.Errorf("with all: %v", got)
	}
	s.Away = []string{"192.168.1.0/24"}
	if got := states(); !slices.Equal(got, slices.Repeat([]cameras.State{cameras.Paused}, 5)) {
		t.Errorf("away: %v", got)
	}
}

// TestAllAreTold of: also of cameras that nobody wanted to know of, quiet after the start,
// and once.
func TestAllAreTold(t *testing.T) {
	var told []string
	e := &Engine{cfg: Config{Tell: func(list []notify.Notice) {
		for _, n := range list {
			told = append(told, n.Title)
		}
	}}}
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	e.telling.Quiet(now)
	pass := func(d time.Duration, garage, porch cameras.State) {
		for range int(d / time.Second) {
			now = now.Add(time.Second)
			e.tell(now, []history.Sample{{Key: "g", Name: "Garage", State: garage}, {Key: "p", Name: "Porch", State: porch}})
		}
	}
	pass(2*time.Minute, cameras.Answers, cameras.Answers)
	pass(time.Minute, cameras.Offline, cameras.Answers)
	pass(3*time.Minute, cameras.Answers, cameras.Answers)
	if len(told) != 0 {
		t.Errorf("just after the start: %q", told)
	}
	pass(10*time.Second, cameras.Answers, cameras.Offline)
	pass(time.Minute, cameras.Answers, cameras.Live)
	pass(time.Minute, cameras.Answers, cameras.CameraError)
	if !slices.Equal(told, []string{"Porch: no pictures"}) {
		t.Errorf("gone: %q", told)
	}
	pass(time.Minute, cameras.Answers, cameras.Answers)
	if !slices.Equal(told, []string{"Porch: no pictures", "Porch: pictures come again"}) {
		t.Errorf("back: %q", told)
	}
}
