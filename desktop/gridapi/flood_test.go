package gridapi

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/dnssd"
	"pigrid/shared/endpoint"
)

// forged is a sighting that anybody on the network can make up.
func forged(like dnssd.Sighting, id string) dnssd.Sighting {
	like.ID, like.API, like.Name, like.Port = id, "/api/v2", "forged", 9
	return like
}

func TestSightingsChangeNoTiles(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		d := startDesk(t, "", &fakeClient{agent: a})
		d.look(t)
		d.search.sighted(a.sighting())
		time.Sleep(2 * time.Second)
		key := cameras.Key(idA, "x")
		before := d.camera(key)
		if before.State != cameras.Live {
			t.Fatalf("got %+v", before)
		}
		d.search.sighted(forged(a.sighting(), idA))
		if c := d.camera(key); c.State != cameras.Live || c.Address != before.Address || c.Name != before.Name {
			t.Errorf("got %+v", c)
		}
		for i := range 1100 {
			d.search.sighted(forged(a.sighting(), fmt.Sprintf("forged-%d", i)))
		}
		time.Sleep(time.Second)
		if n := len(d.State().Cameras); n != 1 {
			t.Errorf("%d tiles", n)
		}
	})
}

func TestSightingsPushOutNoRememberedAddress(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	if r := d.Add(a.addr); !r.OK() {
		t.Fatalf("got %+v", r)
	}
	d.stop(t)
	a.kill()

	again := startDesk(t, d.path, nil)
	again.look(t)
	eventually(t, 5*time.Second, "it was asked in vain", func() bool { return again.agent(idA).Failure != nil })
	for i := range 3 {
		lie := a.sighting()
		lie.Addrs = nil
		for j := range 8 {
			lie.Addrs = append(lie.Addrs, netip.AddrFrom4([4]byte{127, 9, byte(i), byte(j + 1)}))
		}
		again.search.sighted(lie)
	}
	a.start()
	again.Retry("")
	again.eventually(t, 10*time.Second, cameras.Key(idA, "x"), cameras.Live)
}

func TestAddSaysWhenThereIsNoSlot(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	for what, agents := range map[string]int{"a camera": 16, "an agent": 512} {
		var keys []string
		for i := range 1024 {
			keys = append(keys, cameras.Key(fmt.Sprintf("known-%d", i%agents), fmt.Sprintf("c%d", i)))
		}
		d := startDesk(t, remembering(t, keys...), nil)
		if r := resultOf(d.Add(a.addr)); r.OK || r.Reason != cameras.ReasonFull || r.Keys == nil {
			t.Errorf("no slot for %s: %+v", what, r)
		}
		d.stop(t)
	}
}

// maxUnknown is how many agents are watched that nobody typed in.
const maxUnknown = 256

// crowd is a desk on a network full of invented agents.
func crowd(t *testing.T, a *fakeAgent, others func(ctx context.Context, id string) (client.Found, error)) (d *desk, invent func(from, to int)) {
	d = startDesk(t, "", &fakeClient{agent: a, others: others})
	return d, func(from, to int) {
		for i := from; i < to; i++ {
			d.search.sighted(forged(a.sighting(), fmt.Sprintf("forged-%d", i)))
		}
	}
}

// silent is an agent at an address where nothing is.
func silent(ctx context.Context, _ string) (client.Found, error) {
	select {
	case <-ctx.Done():
	case <-time.After(3 * time.Second):
	}
	return client.Found{}, &cameras.Failure{Reason: cameras.ReasonTimeout}
}

func TestInventedAgentsKeepNoRealOneOut(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		d, invent := crowd(t, a, silent)
		invent(0, maxUnknown)
		for range 20 { // they are heard of again and again
			time.Sleep(100 * time.Millisecond)
			invent(0, maxUnknown)
		}
		d.search.sighted(a.sighting())
		time.Sleep(time.Second)
		if n := len(d.State().Cameras); n != 1 {
			t.Errorf("%d tiles", n)
		}
		if d.State().Crowded {
			t.Error("the page is told of invented agents")
		}
	})
}

func TestARealAgentIsFoundWhileTenThousandAreInvented(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	synctest.Test(t, func(t *testing.T) {
		d, invent := crowd(t, a, silent)
		begin, step := time.Now(), 0
		for ; len(d.State().Cameras) == 0; step++ {
			from := step % 500 * 20
			invent(from, from+20) // two thousand a second
			if step%1000 == 999 {
				d.search.sighted(a.sighting())
			}
			if time.Sleep(10 * time.Millisecond); step > 10_000 {
				t.Fatal("not found")
			}
		}
		t.Logf("found after %v", time.Since(begin))
		if n := len(d.Roster.Agents()); n > maxUnknown {
			t.Errorf("%d agents watched", n)
		}
	})
}

// TestLiarsThatAnswer: a program that answers for as many agents as it likes
// cannot fill the app, and nobody who was there before makes room for it.
func TestLiarsThatAnswer(t *testing.T) {
	a, b := newAgent(t, idA, "Garage", "x"), newAgent(t, idB, "Porch", "x")
	for _, listed := range []int{1, 64} {
		synctest.Test(t, func(t *testing.T) {
			d, invent := crowd(t, a, func(_ context.Context, id string) (client.Found, error) {
				if id == idB {
					return client.Found{Status: b.status, At: endpoint.HTTP("192.168.1.3:8080")}, nil
				}
				lie := api.Status{API: api.Version, ID: id, Name: id}
				for i := range listed {
					lie.Cameras = append(lie.Cameras, api.Camera{ID: fmt.Sprint("c", i), Name: "lie", State: api.Idle, Video: "/video"})
				}
				return client.Found{Status: lie, At: endpoint.HTTP("192.168.1.9:8080")}, nil
			})
			d.search.sighted(b.sighting())
			time.Sleep(time.Second)
			for range 3 {
				invent(0, 400)
				time.Sleep(time.Second)
			}
			all := map[string]bool{}
			for _, c := range d.State().Cameras {
				all[c.Key] = true
			}
			watched := len(d.Roster.Agents())
			if watched > maxUnknown || len(all) > 768 || !all[cameras.Key(idB, "x")] {
				t.Errorf("%d agents with %d tiles, the first is there: %v", watched, len(all), all[cameras.Key(idB, "x")])
			}
			if !d.State().Crowded {
				t.Error("the page is not told that there are too many")
			}
			if r := d.Add("192.168.1.2"); !r.OK() {
				t.Errorf("no place for what a person adds: %+v", r)
			}
			if listed > 1 {
				return // their cameras are listed, and turned away, again and again
			}
			time.Sleep(time.Minute + time.Second)
			if d.State().Crowded {
				t.Error("the page is still told that there are too many")
			}
		})
	}
}
