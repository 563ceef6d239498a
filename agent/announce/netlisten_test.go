package announce

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"pigrid/shared/dnssd"
)

// TestAnnouncedOnlyWhereItListens: an agent told to listen on one address sends
// nobody to another.
func TestAnnouncedOnlyWhereItListens(t *testing.T) {
	t.Parallel() // it mostly waits
	l := newPrograms(t, "curl")
	seeker := l.build("pigrid/desktop/discovery/testdata/seeker")
	pi, desk := l.host("raspberrypi", "10.77.0.11/24"), l.host("desk", "10.77.0.50/24")
	pi.run("ip", "addr", "add", "10.77.0.12/24", "dev", "eth0")
	pi.nic("eth1", "br1")
	pi.run("ip", "addr", "add", "10.88.0.11/24", "dev", "eth1")
	elsewhere := l.machine("elsewhere")
	elsewhere.nic("eth0", "br1")
	elsewhere.run("ip", "addr", "add", "10.88.0.50/24", "dev", "eth0")

	for _, c := range []struct {
		on                *machine
		listen, announced string
	}{
		{pi, "127.0.0.1:8080", ""},
		{l.machine("alone"), "127.0.0.1:8080", "lo 127.0.0.1"},
		{pi, "10.88.0.11:8081", "eth1 10.88.0.11"},
		{pi, "10.77.0.12:8082", "eth0 10.77.0.12"},
	} {
		l.agent(c.on, c.on.name+c.listen, c.listen, c.listen)
		eventually(t, 5*time.Second, c.listen+" is announced on "+c.announced, func() bool {
			return c.on.status(c.listen).ID != "" && c.on.announcedOn(c.listen) == c.announced
		})
	}
	for on, want := range map[*machine]dnssd.Sighting{
		desk:      {Port: 8082, Addrs: []netip.Addr{netip.MustParseAddr("10.77.0.12")}},
		elsewhere: {Port: 8081, Addrs: []netip.Addr{netip.MustParseAddr("10.88.0.11")}},
	} {
		s := l.start(on.command(seeker))
		got, _ := s.sighting(5*time.Second, func(s dnssd.Sighting) bool { return s.Port == want.Port })
		if !slices.Equal(got.Addrs, want.Addrs) {
			t.Errorf("%s hears of %v, want %v", on.name, got.Addrs, want.Addrs)
		}
		s.stop()
	}
	if on := pi.announcedOn("127.0.0.1:8080"); on != "" {
		t.Errorf("the one that only its own machine gets to is announced on %s", on)
	}
}
