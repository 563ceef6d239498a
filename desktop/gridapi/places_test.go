package gridapi

import (
	"context"
	"fmt"
	"maps"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
)

// lists answers for an agent with n cameras, numbered from a first one on.
func lists(id string, first, n int) client.Found {
	s := api.Status{API: api.Version, ID: id, Name: id}
	for i := first; i < first+n; i++ {
		s.Cameras = append(s.Cameras, api.Camera{ID: fmt.Sprint("c", i), Name: "lie", State: api.Idle, Video: "/video"})
	}
	return client.Found{Status: s, At: endpoint.HTTP("192.168.1.9:8080")}
}

// tiles counts the tiles, and says whether one is that of a real agent.
func (d *desk) tiles() (n int, garage bool) {
	for _, c := range d.State().Cameras {
		n++
		garage = garage || c.Key == cameras.Key(idA, "x")
	}
	return n, garage
}

// Sixty-four other cameras at each question had all 768 places within a minute, for
// good.
func TestAnAgentThatListsOtherCamerasAtEachQuestion(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		d, _ := crowd(t, a, func(_ context.Context, id string) (client.Found, error) {
			return lists(id, 64*int(asked.Add(1)), 64), nil
		})
		d.look(t)
		d.search.sighted(forged(a.sighting(), idB))
		time.Sleep(time.Minute)
		if n, _ := d.tiles(); n != 64 || asked.Load() < 10 {
			t.Errorf("%d tiles after %d questions", n, asked.Load())
		}
		d.search.sighted(a.sighting())
		time.Sleep(2 * time.Second)
		if n, there := d.tiles(); n != 65 || !there {
			t.Errorf("%d tiles, the real agent has one: %v", n, there)
		}
		if feeds := len(maps.Collect(d.Streams.All())); feeds != 65 {
			t.Errorf("%d feeds are kept", feeds)
		}
		d.ForgetAgent(cameras.Key(idB, fmt.Sprint("c", 64*asked.Load())))
		for range 6 {
			time.Sleep(10 * time.Second)
			d.search.sighted(forged(a.sighting(), idB))
			d.search.sighted(a.sighting())
		}
		if n, there := d.tiles(); n != 1 || !there {
			t.Errorf("%d tiles after it was forgotten, the real agent has one: %v", n, there)
		}
	})
}

// A dozen invented agents of one machine had all places for as long as they answered.
func TestOneNeighbourDoesNotTakeAllPlaces(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	for _, tt := range []struct{ agents, cameras int }{{13, 64}, {maxUnknown, 1}} {
		t.Run(fmt.Sprintf("%d agents with %d cameras", tt.agents, tt.cameras), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, invent := crowd(t, a, func(_ context.Context, id string) (client.Found, error) {
					return lists(id, 0, tt.cameras), nil
				})
				invent(0, tt.agents)
				time.Sleep(time.Second)
				before, _ := d.tiles()
				if want := min(tt.agents*tt.cameras, 768); before != want {
					t.Fatalf("%d tiles, want %d: this test shows nothing", before, want)
				}
				for range 3 { // all go on
					d.search.sighted(a.sighting())
					invent(0, tt.agents)
					time.Sleep(2 * time.Second)
					if n, there := d.tiles(); !there || n > 768 {
						t.Fatalf("%d tiles after %d, the real agent has one: %v", n, before, there)
					}
				}
			})
		})
	}
}
