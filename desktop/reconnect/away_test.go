package reconnect

import (
	"slices"
	"testing"

	"pigrid/desktop/cameras"
)

func TestAwayFromHome(t *testing.T) {
	// Seen on these networks, one after the other, and on none known.
	at := func(shown ...Tile) []Tile {
		seen := []string{"192.168.1.0/24", "10.0.0.0/8", "192.168.1.0/24", ""}
		for i := range seen {
			if i == len(shown) {
				shown = append(shown, Tile{State: cameras.Paused})
			}
			shown[i].Network = seen[i]
		}
		return shown
	}
	off, live := Tile{State: cameras.Offline}, Tile{State: cameras.Live}
	elsewhere := []string{"wlan0 172.20.1.7/16"}
	for _, tt := range []struct {
		name       string
		tiles      []Tile
		interfaces []string
		away       bool
	}{
		{"elsewhere", at(off, off), elsewhere, true},
		{"elsewhere, some are not looked at", at(off, Tile{State: cameras.Paused}), elsewhere, true},
		{"a stranger asks for the password", at(Tile{State: cameras.Refused, Reason: cameras.ReasonOtherLogin}), elsewhere, true},
		{"one answers", at(off, live), elsewhere, false},
		{"one answers and says no", at(off, Tile{State: cameras.Refused, Reason: cameras.ReasonForbidden}), elsewhere, false},
		{"one is still asked", at(off, Tile{State: cameras.Connecting}), elsewhere, false},
		{"none is looked at", at(Tile{State: cameras.Paused}), elsewhere, false},
		{"at home", at(off), []string{"eth0 192.168.1.99/24"}, false},
		{"at home, and elsewhere", at(off), []string{"eth0 10.4.0.1/8", "wlan0 172.20.1.7/16"}, false},
		{"on no network", at(off), nil, false},
		{"on loopback", at(off), []string{"lo 127.0.0.1/8"}, false},
		{"nobody knows where they were", []Tile{off}, elsewhere, false},
		{"there are none", nil, elsewhere, false},
	} {
		got := Away(tt.tiles, tt.interfaces)
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
