package roster

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/tasks"
	"pigrid/shared/api"
	"pigrid/shared/dnssd"
	"pigrid/shared/endpoint"
)

// meet runs a Roster of remembered cameras until the test ends. Only the real agent
// answers.
func meet(t *testing.T, known ...cameras.Camera) *Roster {
	t.Helper()
	group := tasks.NewGroup()
	r := New(Config{
		Known: known, Tasks: group, Logger: slog.New(slog.DiscardHandler),
		Failing: func() int { return 0 }, Changed: func(Change) {}, Lost: func() {},
		Find: func(_ context.Context, id string, _ []endpoint.Endpoint) (client.Found, error) {
			if id == idA {
				return theRealOne(), nil
			}
			return client.Found{}, &cameras.Failure{Reason: cameras.ReasonUnreachable}
		},
	})
	r.Start()
	t.Cleanup(func() {
		if !group.Stop(time.Minute) {
			t.Error("a watch still runs")
		}
	})
	return r
}

// theRealOne is the answer of the real agent.
func theRealOne() client.Found {
	return client.Found{Status: status(idA, cam("x", "Garage")), At: endpoint.HTTP("192.168.1.2:8080"), Remote: netip.MustParseAddrPort("192.168.1.2:8080")}
}

func sighting(id string) dnssd.Sighting {
	return dnssd.Sighting{Info: dnssd.Info{ID: id}, Port: 8080, Addrs: []netip.Addr{netip.MustParseAddr("192.168.1.2")}}
}

func (r *Roster) knows(id string) bool { return len(r.Of(id)) > 0 }

// Agents that answered once had the slots for good.
func TestAgentsThatAreGoneLeaveTheirSlots(t *testing.T) {
	for _, tt := range []struct {
		agents, cameras int // that are remembered
		away            time.Duration
		slot            bool
	}{
		{12, 64, cameras.LongMissing - time.Minute, false},
		{12, 64, cameras.LongMissing, true},
		{maxUnknown, 1, cameras.LongMissing - time.Minute, false},
		{maxUnknown, 1, cameras.LongMissing, true},
	} {
		t.Run(fmt.Sprintf("%d agents with %d cameras, for %v", tt.agents, tt.cameras, tt.away), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var known []cameras.Camera
				for i := range tt.agents * tt.cameras {
					known = append(known, cameras.Camera{Key: cameras.Key(fmt.Sprint("gone-", i/tt.cameras), fmt.Sprint("c", i))})
				}
				r := meet(t, known...)
				time.Sleep(tt.away + time.Second)
				r.Sighted(sighting(idA))
				time.Sleep(time.Second)
				if n := len(r.List()); r.knows(idA) != tt.slot || n < len(known) || n > maxFound {
					t.Errorf("%d cameras after %d, the real agent has one: %v", n, len(known), r.knows(idA))
				}
				if r.Crowded() == tt.slot {
					t.Errorf("crowded: %v", r.Crowded())
				}
				if list := r.Add("192.168.1.2:8080", theRealOne()); len(list) != 1 {
					t.Error("no slot for what a person adds")
				}
			})
		})
	}
}

func TestInventedAgentsDoNotKeepATypedOneOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := meet(t)
		r.mu.Lock()
		for i := range maxAgents {
			r.book.ensureAgent(fmt.Sprintf("forged-%d", i), nil)
		}
		r.mu.Unlock()
		if list := r.Add("192.168.1.2:8080", theRealOne()); len(list) != 1 {
			t.Errorf("got %v", list)
		}
	})
}

func TestTurnedAwayAgentsAreFewAndHaveAnotherChance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, most := meet(t), 0
		for i := range 3 * maxTurned {
			r.book.turnAway(fmt.Sprint(i))
			most = max(most, len(r.book.turned))
		}
		r.book.turned[idA] = time.Now()
		if most > maxTurned {
			t.Errorf("%d remembered", most)
		}
		r.Sighted(sighting(idA)) // there is a slot, so that does not matter
		if time.Sleep(time.Second); !r.knows(idA) {
			t.Error("no slot")
		}
	})
}

func TestARumourIsNotKeptAliveByRepeatingIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, begin := meet(t), time.Now()
		for range 100 {
			r.Sighted(sighting(idB))
			time.Sleep(time.Second)
		}
		if got := r.book.agents[idB]; got == nil || got.begun.Sub(begin) < rumour {
			t.Error("one watch for as long as it is heard of")
		}
	})
}

// What the agent lists at each question is kept for the cameras that there are.
func TestStatesAreKeptForKnownCamerasOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := meet(t)
		for i := range 10 {
			r.Add("192.168.1.2:8080", client.Found{Status: status(idB, many(64*i, 64)...)})
		}
		if n := len(r.book.agents[idB].states); n != maxPerAgent {
			t.Errorf("%d states are kept", n)
		}
	})
}

// A camera that its agent repaired is dialled at once, and where it answers now.
func TestChangesSayWhatBecameOfCameras(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := meet(t)
		var last Change
		r.cfg.Changed = func(c Change) { last = c }
		broken := cam("x", "Garage")
		broken.State = api.Failed
		r.Add("192.168.1.2:8080", client.Found{Status: status(idB, broken, cam("y", "Porch"))})
		if last.Agent != idB || len(last.Mended)+len(last.Gone) > 0 || r.Found(idB) == nil || !last.Back {
			t.Errorf("added: %+v", last)
		}
		r.Add("192.168.1.2:8080", client.Found{Status: status(idB, cam("x", "Garage"))})
		if len(last.Mended) != 1 || last.Mended[0] != cameras.Key(idB, "x") {
			t.Errorf("mended: %+v", last)
		}
		if gone := r.ForgetAgent(cameras.Key(idB, "x")); len(gone) != 2 || len(r.Agents()) != 0 {
			t.Errorf("forgotten: %v, %v", gone, r.Agents())
		}
	})
}

// Of several pairs always the same one, or the page would be told at each look.
func TestTwinsAreAlwaysTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := meet(t)
		for i := range 8 {
			id := fmt.Sprint("twin-", i)
			r.Add("192.168.1.2:8080", client.Found{Status: status(id, cam("x", "Garage"))})
			r.book.agents[id].answers, r.book.agents[id].twin = fmt.Sprintf("192.168.1.%d:8080", i), "192.168.1.99:8080"
		}
		for range 50 {
			if got := r.Twins(); got == nil || got.Shown != "192.168.1.0:8080" {
				t.Fatalf("got %+v", got)
			}
		}
	})
}
