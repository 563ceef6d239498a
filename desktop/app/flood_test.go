package app

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/dnssd"
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
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	if r := d.Add(a.addr); !r.OK {
		t.Fatalf("got %+v", r)
	}
	d.stop(t)
	a.kill()

	again := startDesk(t, d.path, nil)
	again.look(t)
	eventually(t, 5*time.Second, "it was asked in vain", func() bool { return again.failure(idA) != nil })
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

func TestInventedAgentsDoNotKeepATypedOneOut(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	for i := range maxAgents {
		d.search.sighted(forged(a.sighting(), fmt.Sprintf("forged-%d", i)))
	}
	if r := d.Add(a.addr); !r.OK || r.Reason != "" {
		t.Errorf("got %+v", r)
	}
}

func TestAddSaysWhenThereIsNoPlace(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	var known []cameras.Camera
	for i := range 1024 {
		known = append(known, cameras.Camera{Key: cameras.Key("known", fmt.Sprintf("c%d", i))})
	}
	d.engine.mu.Lock()
	d.engine.registry = cameras.NewRegistry(known...)
	d.engine.mu.Unlock()
	if r := d.Add(a.addr); r.OK || r.Reason != cameras.ReasonFull || r.Detail == "" || r.Keys == nil {
		t.Errorf("no place for a camera: %+v", r)
	}
	known = nil
	d.engine.mu.Lock()
	for i := range maxAgents {
		id := fmt.Sprintf("known-%d", i)
		known = append(known, cameras.Camera{Key: cameras.Key(id, "x")})
		d.engine.ensureAgent(id, nil)
	}
	d.engine.registry = cameras.NewRegistry(known...)
	d.engine.mu.Unlock()
	if r := d.Add(a.addr); r.OK || r.Reason != cameras.ReasonFull {
		t.Errorf("no place for an agent: %+v", r)
	}
}
