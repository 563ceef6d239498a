package app

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
)

func TestAwayFrom(t *testing.T) {
	home := []cameras.Camera{{Network: "192.168.1.0/24"}, {Network: "10.0.0.0/8"}, {Network: "192.168.1.0/24"}, {}}
	off, live := Camera{State: cameras.Offline}, Camera{State: cameras.Live}
	elsewhere := []string{"wlan0 172.20.1.7/16"}
	for _, tt := range []struct {
		name       string
		known      []cameras.Camera
		shown      []Camera
		interfaces []string
		away       bool
	}{
		{"elsewhere", home, []Camera{off, off}, elsewhere, true},
		{"elsewhere, some are not looked at", home, []Camera{off, {State: cameras.Paused}}, elsewhere, true},
		{"a stranger asks for the password", home, []Camera{{State: cameras.Refused, Reason: cameras.ReasonOtherLogin}}, elsewhere, true},
		{"one answers", home, []Camera{off, live}, elsewhere, false},
		{"one answers and says no", home, []Camera{off, {State: cameras.Refused, Reason: cameras.ReasonForbidden}}, elsewhere, false},
		{"one is still asked", home, []Camera{off, {State: cameras.Connecting}}, elsewhere, false},
		{"none is looked at", home, []Camera{{State: cameras.Paused}}, elsewhere, false},
		{"at home", home, []Camera{off}, []string{"eth0 192.168.1.99/24"}, false},
		{"at home, and elsewhere", home, []Camera{off}, []string{"eth0 10.4.0.1/8", "wlan0 172.20.1.7/16"}, false},
		{"on no network", home, []Camera{off}, nil, false},
		{"on loopback", home, []Camera{off}, []string{"lo 127.0.0.1/8"}, false},
		{"nobody knows where they were", []cameras.Camera{{}}, []Camera{off}, elsewhere, false},
		{"there are none", nil, nil, elsewhere, false},
	} {
		got := awayFrom(tt.known, tt.shown, tt.interfaces)
		want := []string(nil)
		if tt.away {
			want = []string{"10.0.0.0/8", "192.168.1.0/24"}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestNetworkOf(t *testing.T) {
	two := networksOf([]string{"lo 127.0.0.1/8", "eth0 192.168.1.20/24", "wlan0 10.1.2.3/8", "nonsense", "x fe80"})
	for address, want := range map[string]string{
		"192.168.1.9:8080": "192.168.1.0/24", "[::ffff:10.9.9.9]:80": "10.0.0.0/8", "[fe80::1%wlan0]:80": "10.0.0.0/8",
		"172.16.0.1:80": "", "pi.local:80": "", "127.0.0.1:80": "", "": "",
	} {
		if got := networkOf(address, two); got != want {
			t.Errorf("%s: %q", address, got)
		}
	}
	if got := networkOf("pi.local:80", two[:1]); got != "192.168.1.0/24" {
		t.Errorf("of a name on the only network: %q", got)
	}
}

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
