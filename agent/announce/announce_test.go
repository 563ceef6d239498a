package announce

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/dnssd"
)

const self = "raspberrypi-3f2a9c01"

var (
	lo    = link("lo", "127.0.0.1/8")
	eth0  = link("eth0", "192.168.1.20/24")
	moved = link("eth0", "192.168.1.77/24")
	wlan0 = link("wlan0", "10.0.0.3/24")
)

func TestWhatIsAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, lo, eth0)
		l.run(func() {
			if got := l.a.Announced(); !reflect.DeepEqual(got, []api.Announced{{Interface: "eth0", Addresses: []string{"192.168.1.20"}}}) {
				t.Errorf("announced on %v", got)
			}
		})
		base := service{instance: self, host: "pigrid-3f2a9c01", port: 8081, on: []net.Interface{eth0.Interface}}
		agent, page := base, base
		agent.kind = "_pigrid._tcp"
		agent.txt = []string{
			"txtvers=1", "id=" + testID, "name=raspberrypi", "host=raspberrypi.local",
			"path=/video", "api=/api/v1", "ver=1.0",
		}
		page.kind, page.txt = "_http._tcp", []string{"path=/"}
		if want := []service{agent, page}; !reflect.DeepEqual(l.last, want) {
			t.Errorf("registered %+v, want %+v", l.last, want)
		}
		if l.resolved != "pigrid-3f2a9c01" {
			t.Errorf("answers for %q", l.resolved)
		}
		l.expect("0s + "+self+" eth0", "0s -")
	})
}

func TestTheFriendlyNameIsTheConfigured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.a.cfg.Name = `Garage\Küche`
		l.run(func() {})
		if got := l.last[0].txt[2]; got != `name=Garage\\Küche` {
			t.Errorf("TXT %q", got)
		}
	})
}

// Who may watch, and the name that the owner gives, are announced when they change.
func TestWhatTheOwnerSaysIsAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		name, access := "", api.Open
		l.a.cfg.Says = func() (string, api.Access) {
			l.mu.Lock()
			defer l.mu.Unlock()
			return name, access
		}
		l.run(func() {
			l.after(time.Hour+500*time.Millisecond, func() { name, access = "Garden", api.Locked })
			l.after(period+stable, nil)
		})
		first, last := l.last[0].txt, l.last[2].txt
		if !slices.Contains(first, "access=open") || !slices.Contains(last, "access=locked") || !slices.Contains(last, "name=Garden") {
			t.Errorf("announced %q, then %q", first, last)
		}
		l.expect("0s + "+self+" eth0", "1h0m7s -", "1h0m7s + "+self+" eth0", "1h0m7.5s -")
	})
}

func TestANewAddressIsFollowedOnceItIsStable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.after(time.Hour+500*time.Millisecond, func() { l.links = []dnssd.Link{moved} })
			l.after(period+stable, nil)
			if got := l.a.Announced(); got[0].Addresses[0] != "192.168.1.77" {
				t.Errorf("announced on %v", got)
			}
		})
		l.expect("0s + "+self+" eth0", "1h0m7s -", "1h0m7s + "+self+" eth0", "1h0m7.5s -")
	})
}

func TestAChangeThatComesInStepsIsOneChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.after(500*time.Millisecond, func() { l.links = nil })
			l.after(1500*time.Millisecond, func() { l.links = []dnssd.Link{link("eth0", "fe80::1/64")} })
			l.after(1500*time.Millisecond, func() { l.links = []dnssd.Link{moved} })
			l.after(10*time.Second, nil)
		})
		l.expect("0s + "+self+" eth0", "6s -", "6s + "+self+" eth0", "13.5s -")
	})
}

func TestAShortInterruptionChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.after(500*time.Millisecond, func() { l.links = nil })
			l.after(2*time.Second, func() { l.links = []dnssd.Link{eth0} })
			l.after(20*time.Second, func() { l.links = nil })
			l.after(time.Second, func() { l.links = []dnssd.Link{eth0} })
			l.after(20*time.Second, nil)
		})
		l.expect("0s + "+self+" eth0", "43.5s -")
	})
}

func TestANewHostNameIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.after(500*time.Millisecond, func() { l.host = "garden.lan" })
			l.after(10*time.Second, nil)
		})
		l.expect("0s + "+self+" eth0", "3s -", "3s + garden-3f2a9c01 eth0", "10.5s -")
		if got := l.last[2].txt; got[2] != "name=garden" || got[3] != "host=garden.local" {
			t.Errorf("TXT %q", got)
		}
	})
}

func TestNoNetworkAtStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.run(func() {
			l.after(time.Hour, nil)
			if len(l.log) != 1 || !strings.Contains(l.log[0], "not announced") {
				t.Errorf("log %q", l.log)
			}
			l.after(500*time.Millisecond, func() { l.links = []dnssd.Link{eth0} })
			l.after(time.Second, nil)
		})
		l.expect("1h0m1s + "+self+" eth0", "1h0m1.5s -")
	})
}

func TestTheFirstNetworkIsAnnouncedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.run(func() {
			l.after(500*time.Millisecond, func() { l.links = []dnssd.Link{eth0} })
			l.after(time.Second, nil)
		})
		l.expect("1s + "+self+" eth0", "1.5s -")
	})
}

func TestAloneTheAgentIsAnnouncedToItsOwnMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, lo)
		l.run(func() {
			l.after(500*time.Millisecond, nil)
			if got := l.last[0].ips; !slices.Equal(got, []string{"127.0.0.1"}) {
				t.Errorf("addresses %v", got)
			}
			l.after(0, func() { l.links = []dnssd.Link{lo, eth0, wlan0} }) // the network comes: no need to wait for calm
			l.after(time.Second, nil)
			if got := l.last[2].ips; len(got) != 0 {
				t.Errorf("addresses %v", got)
			}
		})
		l.expect("0s + "+self+" lo", "1s -", "1s + "+self+" eth0,wlan0", "1.5s -")
	})
}

func TestALostNetworkIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.after(500*time.Millisecond, func() { l.links = nil })
			l.after(time.Hour, nil)
			if got := l.a.Announced(); len(got) != 0 {
				t.Errorf("announced on %v", got)
			}
		})
		l.expect("0s + "+self+" eth0", "3s -")
		if len(l.log) != 2 {
			t.Errorf("log %q", l.log)
		}
	})
}

func TestErrorsAreRetriedAndSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.broken = errors.New("no supported interface")
		l.run(func() {
			l.after(100*time.Second, nil)
			if want := secs(0, 1, 3, 7, 15, 31, 61, 91); !slices.Equal(l.tries, want) {
				t.Errorf("tried at %v, want %v", l.tries, want)
			}
			if len(l.log) != 1 {
				t.Errorf("log %q", l.log)
			}
			l.after(0, func() { l.broken = nil })
			l.after(21*time.Second, nil)
			if len(l.a.Announced()) != 1 {
				t.Error("not announced after the trouble was over")
			}
			l.after(0, func() { l.broken, l.links = errors.New("no supported interface"), []dnssd.Link{moved} })
			l.after(20*time.Second, nil)
			if len(l.log) != 3 { // failed, announced, failed again
				t.Errorf("log %q", l.log)
			}
		})
	})
}

func TestHalfARegistrationIsWithdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.broken, l.mute = errors.New("no"), "_http._tcp"
		l.run(func() {
			if l.open != 0 {
				t.Errorf("%d registrations open", l.open)
			}
		})
	})
}

func TestUnreadableInterfacesLeaveTheAnnouncementAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.after(500*time.Millisecond, func() { l.blind = errors.New("netlink") })
			l.after(time.Hour, func() { l.blind = nil })
			l.after(time.Minute, func() { l.blind = errors.New("netlink") })
			l.after(time.Hour, nil)
		})
		l.expect("0s + "+self+" eth0", "2h1m0.5s -")
		if len(l.log) != 3 { // announced, and each of the two troubles once
			t.Errorf("log %q", l.log)
		}
	})
}

func TestACalmNetworkIsLookedAtEveryFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.after(2*time.Minute, nil)
			before := l.looked()
			l.after(time.Minute, nil)
			if got := l.looked() - before; got != 12 {
				t.Errorf("%d looks a minute, want 12", got)
			}
		})
	})
}

func TestChoose(t *testing.T) {
	docker, down := link("docker0", "172.17.0.1/16"), eth0
	down.Flags &^= net.FlagUp
	for name, c := range map[string]struct {
		in   []dnssd.Link
		only string
		want []dnssd.Link
	}{
		"nothing":            {nil, "", nil},
		"all that is real":   {[]dnssd.Link{lo, eth0, docker, wlan0}, "", []dnssd.Link{eth0, wlan0}},
		"the one asked for":  {[]dnssd.Link{lo, eth0, wlan0}, "wlan0", []dnssd.Link{wlan0}},
		"virtual, asked for": {[]dnssd.Link{lo, eth0, docker}, "docker0", []dnssd.Link{docker}},
		"asked for, missing": {[]dnssd.Link{lo, eth0}, "wlan0", nil},
		"loopback asked for": {[]dnssd.Link{lo, eth0}, "lo", []dnssd.Link{lo}},
		"only containers":    {[]dnssd.Link{lo, docker}, "", []dnssd.Link{lo}},
		"down":               {[]dnssd.Link{lo, down}, "", []dnssd.Link{lo}},
	} {
		if got := choose(c.in, c.only, netip.Addr{}); !slices.EqualFunc(got, c.want, dnssd.Link.Equal) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestTold(t *testing.T) {
	for want, prefixes := range map[string][]string{
		"":                             nil,
		"10.0.0.2 10.0.0.3":            {"10.0.0.2/24", "10.0.0.3/24"},
		"10.0.0.2 fe80::1":             {"fe80::1/64", "10.0.0.2/24"},
		"10.0.0.2 fd00::1 2001:db8::1": {"fe80::1/64", "fd00::1/64", "2001:db8::1/64", "10.0.0.2/24"},
	} {
		var l dnssd.Link
		for _, p := range prefixes {
			l.Prefixes = append(l.Prefixes, netip.MustParsePrefix(p))
		}
		if got := strings.Join(told(l, netip.IPv6Unspecified()), " "); got != want {
			t.Errorf("%v: told %q, want %q", prefixes, got, want)
		}
	}
	if got := told(lo, netip.Addr{}); !slices.Equal(got, []string{"127.0.0.1"}) {
		t.Errorf("alone: %q", got)
	}
	if got := told(eth0, netip.MustParseAddr("fe80::1%eth0")); !slices.Equal(got, []string{"fe80::1"}) {
		t.Errorf("listening on one address: %q", got)
	}
}

func TestTheLogSaysWhereItIsAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			both := link("eth0", "192.168.1.77/24")
			both.Prefixes = append(both.Prefixes, netip.MustParsePrefix("fe80::1/64"))
			l.after(500*time.Millisecond, func() { l.links = []dnssd.Link{both, wlan0} })
			l.after(10*time.Second, nil)
		})
		if len(l.log) != 2 || !strings.Contains(l.log[0], `interfaces="eth0 192.168.1.20"`) ||
			!strings.Contains(l.log[1], `interfaces="eth0 192.168.1.77 fe80::1, wlan0 10.0.0.3"`) {
			t.Errorf("log %q", l.log)
		}
	})
}

func TestRunNeedsItsConfig(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []Config{{ID: testID, Port: 1}, {Logger: log, Port: 1}, {Logger: log, ID: testID}} {
		if err := New(c).Run(ctx); err == nil {
			t.Errorf("Run with %+v did not complain", c)
		}
	}
}

func secs(n ...int) (out []time.Duration) {
	for _, s := range n {
		out = append(out, time.Duration(s)*time.Second)
	}
	return out
}
