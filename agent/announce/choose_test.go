package announce

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/shared/dnssd"
)

// TestAnnouncedWhereItListens: nobody is sent to an address that does not answer.
func TestAnnouncedWhereItListens(t *testing.T) {
	two, six := link("eth1", "192.168.7.1/24", "192.168.8.1/24", "fe80::1/64"), link("eth2", "fe80::1/64")
	vpn, docker := link("tun0", "10.8.0.2/32"), link("docker0", "172.17.0.1/16")
	vpn.Flags |= net.FlagPointToPoint
	links := []dnssd.Link{lo, eth0, wlan0, two, six, vpn, docker}
	for _, c := range []struct{ at, only, want, told string }{
		{"", "", "eth0 wlan0 eth1 eth2", ""},
		{"::", "", "eth0 wlan0 eth1 eth2", ""},
		{"0.0.0.0", "", "eth0 wlan0 eth1", ""},
		{"0.0.0.0", "eth2", "", ""},
		{"192.168.1.20", "", "eth0", "192.168.1.20"},
		{"192.168.8.1", "", "eth1", "192.168.8.1"},
		{"192.168.8.1", "eth1", "eth1", "192.168.8.1"},
		{"192.168.8.1", "eth0", "", ""},
		{"192.168.8.1", "lo", "lo", "192.168.8.1"},
		{"fe80::1%eth2", "", "eth2", "fe80::1"},
		{"fe80::1", "", "eth1 eth2", "fe80::1"},
		{"127.0.0.1", "", "", ""}, // nobody on a network gets there
		{"127.0.0.1", "eth0", "", ""},
		{"127.0.0.1", "lo", "lo", "127.0.0.1"},
		{"10.8.0.2", "", "", ""},
		{"172.17.0.1", "", "", ""},
		{"172.17.0.1", "docker0", "docker0", "172.17.0.1"},
		{"192.168.1.99", "", "", ""}, // this machine has it no longer
		{"127.0.0.1", "alone", "lo", "127.0.0.1"},
		{"127.0.0.5", "alone", "lo", "127.0.0.5"},
		{"::1", "alone", "lo", "::1"},
		{"10.8.0.2", "alone", "lo", "10.8.0.2"},
		{"172.17.0.1", "alone", "lo", "172.17.0.1"},
		{"192.168.1.20", "alone", "", ""},
	} {
		links, only := links, c.only
		if only == "alone" { // on a machine without a network
			links, only = []dnssd.Link{lo, vpn, docker}, ""
		}
		var at netip.Addr
		if c.at != "" {
			at = netip.MustParseAddr(c.at)
		}
		var on []string
		for _, l := range choose(links, only, at) {
			on = append(on, l.Name)
			if got := told(l, at); c.told != "" && !slices.Equal(got, []string{c.told}) {
				t.Errorf("listening on %q, %s is told %q, want %s", c.at, l.Name, got, c.told)
			}
		}
		if got := strings.Join(on, " "); got != c.want {
			t.Errorf("listening on %q, limited to %q: announced on %q, want %q", c.at, c.only, got, c.want)
		}
	}
}

func TestOneAddressIsRegisteredAlone(t *testing.T) {
	both := link("eth0", "192.168.1.20/24", "192.168.1.21/24")
	for at, want := range map[string][]string{"": nil, "::": nil, "192.168.1.21": {"192.168.1.21"}} {
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, lo, both, wlan0)
			if at != "" {
				l.a.cfg.At = netip.MustParseAddr(at)
			}
			l.run(func() {
				if got := l.last[0].ips; !slices.Equal(got, want) {
					t.Errorf("listening on %q: registered with %v", at, got)
				}
				if got := l.a.Announced(); want != nil && (len(got) != 1 || !slices.Equal(got[0].Addresses, want)) {
					t.Errorf("listening on %q: announced on %v", at, got)
				}
			})
		})
	}
}

func TestALostAddressIsNotAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, lo, eth0)
		l.a.cfg.At = eth0.Prefixes[0].Addr()
		l.run(func() {
			l.after(500*time.Millisecond, func() { l.links = []dnssd.Link{lo, moved} })
			l.after(10*time.Second, func() { l.links = []dnssd.Link{lo, eth0} })
			l.after(10*time.Second, nil)
		})
		l.expect("0s + "+self+" eth0", "3s -", "11s + "+self+" eth0", "20.5s -")
		if len(l.log) != 3 || !strings.Contains(l.log[1], "not announced") || !strings.Contains(l.log[1], "listening_on=192.168.1.20") {
			t.Errorf("log %q", l.log)
		}
	})
}
