package roster

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
)

// many are n cameras of an agent, numbered from a first one on.
func many(first, n int) []api.Camera {
	var list []api.Camera
	for i := first; i < first+n; i++ {
		list = append(list, cam(fmt.Sprintf("c%04d", i), "n"))
	}
	return list
}

// fill merges agents with 64 cameras each until no place for a found one is left.
func fill(r *registry) {
	for i := range maxFound / maxPerAgent {
		r.merge(Answer{Status: status(fmt.Sprintf("found-%02d", i), many(0, maxPerAgent)...)})
	}
}

func TestRegistryIsBounded(t *testing.T) {
	r := newRegistry()
	fill(r)
	r.merge(Answer{Status: status(idB, cam("x", "n"))})
	if n := len(r.list()); n != maxFound || len(r.of(idB)) != 0 {
		t.Errorf("%d cameras found, %d of the last agent", n, len(r.of(idB)))
	}
	r.merge(Answer{Status: status(idB, many(0, 1)...), Added: true})
	r.merge(Answer{Status: status(idB, many(0, 3)...)})
	if n := len(r.of(idB)); n != 3 {
		t.Errorf("%d cameras of an agent that a person added, want 3", n)
	}
	for i := range 2 * maxCameras / maxPerAgent {
		r.merge(Answer{Status: status(fmt.Sprintf("added-%02d", i), many(0, maxPerAgent)...), Added: true})
	}
	if n := len(r.list()); n != maxCameras {
		t.Errorf("%d cameras, want %d", n, maxCameras)
	}
}

// An agent that listed 64 other cameras at each question had all places within a
// minute.
func TestAnAgentHasAtMost64Cameras(t *testing.T) {
	r := newRegistry()
	r.merge(Answer{Status: status(idA, many(0, 3)...)})
	for i := range 100 {
		list, gone := r.merge(Answer{Status: status(idA, many(1000+100*i, maxPerAgent)...)})
		if len(list) != maxPerAgent || len(r.list()) != maxPerAgent || i > 0 && len(gone) != maxPerAgent {
			t.Fatalf("time %d: %d cameras of %d, %d are gone", i, len(list), len(r.list()), len(gone))
		}
	}
	var known []cameras.Camera
	for _, c := range many(0, 200) {
		known = append(known, cameras.Camera{Key: cameras.Key(idA, c.ID)})
	}
	if n := len(newRegistry(known...).list()); n != maxPerAgent {
		t.Errorf("%d are remembered", n)
	}
}

func TestMissingCamerasLeaveFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRegistry()
		r.merge(Answer{Status: status(idA, many(0, 10)...)})
		time.Sleep(time.Second)
		r.merge(Answer{Status: status(idA, many(10, 30)...)}) // 0 to 9 are missing
		time.Sleep(time.Second)
		list, gone := r.merge(Answer{Status: status(idA, many(30, 40)...)}) // 10 to 29, too
		want := []string{cameras.Key(idA, "c0000"), cameras.Key(idA, "c0001"), cameras.Key(idA, "c0002"), cameras.Key(idA, "c0003"), cameras.Key(idA, "c0004"), cameras.Key(idA, "c0005")}
		if !slices.Equal(gone, want) || len(list) != maxPerAgent {
			t.Errorf("gone: %v; %d left", gone, len(list))
		}
	})
}

func TestANewAgentTakesPlacesOfLongMissingOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRegistry(cameras.Camera{Key: cameras.Key(idA, "x"), Added: true}, cameras.Camera{Key: cameras.Key("old", "x")})
		fill(r)
		newcomer := Answer{Status: status(idB, many(0, 2)...)}
		if list, gone := r.merge(newcomer); len(list) != 0 || len(gone) != 0 {
			t.Fatalf("%v has a place at once, %v is gone", keys(list), gone)
		}
		time.Sleep(cameras.LongMissing - time.Second)
		for i := 1; i < 5; i++ { // these are there, the others stay away
			r.merge(Answer{Status: status(fmt.Sprintf("found-%02d", i), many(0, maxPerAgent)...)})
		}
		if list, gone := r.merge(newcomer); len(list) != 0 || len(gone) != 0 {
			t.Fatalf("%v has a place too early, %v is gone", keys(list), gone)
		}
		time.Sleep(time.Second)
		list, gone := r.merge(newcomer)
		if want := []string{cameras.Key("found-00", "c0000"), cameras.Key("found-00", "c0001")}; len(list) != 2 || !slices.Equal(gone, want) {
			t.Errorf("%v has a place, %v is gone", keys(list), gone)
		}
		if _, ok := r.get(cameras.Key(idA, "x")); !ok {
			t.Error("what a person added is gone")
		}
		for i := range 20 { // of those that are there nothing is ever taken
			r.merge(Answer{Status: status(fmt.Sprintf("more-%02d", i), many(0, maxPerAgent)...)})
		}
		for i := 1; i < 5; i++ {
			if n := len(r.of(fmt.Sprintf("found-%02d", i))); n != maxPerAgent {
				t.Errorf("agent %d is there and has %d cameras left", i, n)
			}
		}
		if n := len(r.list()); n != maxFound+1 {
			t.Errorf("%d cameras", n)
		}
	})
}

func TestForgetAgent(t *testing.T) {
	r := newRegistry()
	r.merge(Answer{Status: status(idA, many(0, 5)...)})
	r.merge(Answer{Status: status(idB, many(0, 1)...)})
	if gone := r.forgetAgent(idA); len(gone) != 5 || len(r.of(idA)) != 0 || len(r.list()) != 1 {
		t.Errorf("gone: %v, left: %v", gone, keys(r.list()))
	}
}
