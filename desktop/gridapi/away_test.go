package gridapi

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
)

// A laptop that is taken elsewhere showed a wall of red.
func TestAway(t *testing.T) {
	a := newAgent(t, idA, "Garage", "x")
	key := cameras.Key(idA, "x")
	synctest.Test(t, func(t *testing.T) {
		c := &fakeClient{agent: a}
		d := startDesk(t, "", c)
		d.look(t)
		d.search.sighted(a.sighting())
		time.Sleep(10 * time.Second)
		if got := d.camera(key); got.State != cameras.Live || len(d.State().Away) > 0 {
			t.Fatalf("got %+v, away from %v", got, d.State().Away)
		}
		move := func(to ...string) {
			a.set(func(*fakeAgent) {
				if c.gone, c.refusal = to[0] != "eth0 192.168.1.2/24", nil; c.gone {
					c.refusal = &cameras.Failure{Reason: cameras.ReasonUnreachable}
				}
			})
			d.search.mu.Lock()
			defer d.search.mu.Unlock()
			d.search.interfaces = to
		}
		move("wlan0 10.3.4.5/16")
		time.Sleep(20 * time.Second)
		if got := d.State().Away; !slices.Equal(got, []string{"192.168.1.0/24"}) {
			t.Errorf("away from %v while it is %+v", got, d.camera(key))
		}
		d.stop(t)

		again := startDesk(t, d.path, c)
		again.search.mu.Lock()
		again.search.interfaces = []string{"wlan0 10.3.4.5/16"}
		again.search.mu.Unlock()
		again.look(t)
		time.Sleep(20 * time.Second)
		if got := again.State().Away; !slices.Equal(got, []string{"192.168.1.0/24"}) {
			t.Errorf("started elsewhere, away from %v", got)
		}
		d = again
		move("eth0 192.168.1.2/24")
		time.Sleep(20 * time.Second)
		if got := again.State().Away; got == nil || len(got) > 0 {
			t.Errorf("at home again, away from %v", got)
		}
	})
}
