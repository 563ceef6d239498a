package discovery

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/shared/dnssd"
)

var eth0 = link("eth0", "192.168.1.20/24")

func secs(n ...int) (out []time.Duration) {
	for _, s := range n {
		out = append(out, time.Duration(s)*time.Second)
	}
	return out
}

func TestRoundsWhileNobodyIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() { l.pass(99 * time.Second) })
		if want := secs(0, 1, 3, 7, 15, 25, 35, 45, 55, 65, 75, 85, 95); !slices.Equal(l.starts(), want) {
			t.Errorf("rounds at %v, want %v", l.starts(), want)
		}
	})
}

func TestRoundsSlowDownOnceSomebodyIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.newest().answers <- agent(1, "192.168.1.5")
			l.pass(130 * time.Second)
		})
		if want := secs(0, 1, 3, 7, 15, 25, 35, 45, 55, 65, 95, 125); !slices.Equal(l.starts(), want) {
			t.Errorf("rounds at %v, want %v", l.starts(), want)
		}
	})
}

func TestARoundListensUntilTheNextHasSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.closing = 100 * time.Millisecond
		l.run(func() {
			l.pass(20 * time.Second)
			for i, r := range l.rounds[:len(l.rounds)-1] {
				if want := l.rounds[i+1].start + overlap + l.closing; r.end != want {
					t.Errorf("round %d ended at %v, want %v", i, r.end, want)
				}
			}
			if l.newest().end != 0 {
				t.Error("the newest round does not listen")
			}
		})
		for i, r := range l.rounds {
			if r.end == 0 {
				t.Errorf("round %d still listens after Run", i)
			}
		}
	})
}

func TestRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.newest().answers <- agent(1, "192.168.1.5")
			l.pass(70 * time.Second) // rounds every 30 s by now
			before := len(l.starts())
			for range 100 {
				l.d.Refresh()
				synctest.Wait()
			}
			l.pass(100 * time.Second) // eager for a minute, then every 30 s again
			if want := secs(70, 71, 72, 74, 78, 86, 96, 106, 116, 126, 136, 166); !slices.Equal(l.starts()[before:], want) {
				t.Errorf("rounds at %v, want %v", l.starts()[before:], want)
			}
		})
	})
}

func TestRefreshKeepsTheGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			for range 50 { // ten times a second for five seconds
				l.d.Refresh()
				l.pass(100 * time.Millisecond)
			}
		})
		if want := secs(0, 1, 2, 3, 4, 5); !slices.Equal(l.starts(), want) {
			t.Errorf("rounds at %v, want %v", l.starts(), want)
		}
	})
}

func TestRefreshBeforeRunDoesNotBlock(t *testing.T) {
	synctest.Test(t, func(*testing.T) { // which fails at once when everybody waits
		d := New(Config{})
		d.Refresh()
		d.Refresh()
	})
}

func TestARoundThatHeardTooMuchIsFollowedByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.newest().answers <- agent(1, "192.168.1.5")
			l.pass(100 * time.Second) // rounds every 30 s by now
			before := len(l.starts())
			l.newest().answers <- dnssd.Answer{}
			l.pass(0)
			if want := secs(100); !slices.Equal(l.starts()[before:], want) {
				t.Errorf("rounds at %v, want %v", l.starts()[before:], want)
			}
		})
	})
}

func TestThreeHundredRoundsLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // which fails on goroutines that are left
		l := newLab(t, eth0)
		l.closing = 100 * time.Millisecond
		l.run(func() {
			for len(l.starts()) < 300 {
				l.pass(time.Second)
			}
			open := 0
			for _, r := range l.rounds {
				if r.end == 0 {
					open++
				}
			}
			if open > 2 {
				t.Errorf("%d rounds listen", open)
			}
		})
	})
}

func TestAChangeOfInterfacesStartsARound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.newest().answers <- agent(1, "192.168.1.5")
			l.pass(69 * time.Second)
			wlan0 := link("wlan0", "10.0.0.3/24")
			before := len(l.starts())
			l.set(eth0, wlan0)
			l.pass(watchPeriod - 500*time.Millisecond)
			if want := secs(70); !slices.Equal(l.starts()[before:], want) {
				t.Errorf("rounds at %v, want %v", l.starts()[before:], want)
			}
			if want := []string{"eth0", "wlan0"}; !slices.Equal(l.newest().on, want) {
				t.Errorf("searching on %v, want %v", l.newest().on, want)
			}
			running, on, problem := l.d.Status()
			if want := []string{"eth0 192.168.1.20/24", "wlan0 10.0.0.3/24"}; !running || problem != "" || !slices.Equal(on, want) {
				t.Errorf("status %v %v %q", running, on, problem)
			}
		})
	})
}

func TestNoNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			l.pass(3500 * time.Millisecond)
			l.set()
			before := l.log.count()
			l.pass(time.Hour)
			if running, on, problem := l.d.Status(); running || len(on) != 0 || problem != NoNetwork {
				t.Errorf("status %v %v %q", running, on, problem)
			}
			if n := l.log.count() - before; n != 1 {
				t.Errorf("%d log lines, want 1: %q", n, l.log.lines)
			}
			if l.newest().end == 0 {
				t.Error("a round still listens on a lost interface")
			}
			rounds := len(l.starts())
			l.set(eth0)
			l.pass(watchPeriod)
			if running, _, problem := l.d.Status(); !running || problem != "" || len(l.starts()) == rounds {
				t.Errorf("the network is back, but status %v %q", running, problem)
			}
		})
	})
}

func TestABrokenSystemIsReportedOnceAndRetried(t *testing.T) {
	full := errors.New("too many open files")
	for name, broken := range map[string]struct{ browse, links error }{"socket": {browse: full}, "interfaces": {links: full}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, eth0)
				l.run(func() {
					l.pass(500 * time.Millisecond)
					l.setBroken(broken.browse, broken.links)
					before := l.log.count()
					l.pass(time.Minute)
					running, on, problem := l.d.Status()
					if want := []string{"eth0 192.168.1.20/24"}; running || problem != "too many open files" || !slices.Equal(on, want) {
						t.Errorf("status %v %v %q", running, on, problem)
					}
					if n := l.log.count() - before; n != 1 {
						t.Errorf("%d log lines, want 1: %q", n, l.log.lines)
					}
					if l.newest().end != 0 {
						t.Error("the last good round was given up")
					}
					l.setBroken(nil, nil)
					l.pass(searching)
					if running, _, problem := l.d.Status(); !running || problem != "" {
						t.Errorf("status %v %q", running, problem)
					}
				})
			})
		})
	}
}

func TestSightingsAreChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.d.own = func() ([]netip.Prefix, error) { return []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}, nil }
		l.run(func() {
			l.pass(500 * time.Millisecond)
			for _, a := range []dnssd.Answer{
				agent(1, "192.168.1.5", "fe80::5", "127.0.0.1"),
				agent(2, "8.8.8.8"),
				agent(3, "127.0.0.1"),
				{Instance: "x"},
				agent(4, "203.0.113.9"), // this network's own addresses are public
			} {
				l.newest().answers <- a
			}
			l.pass(0)
		})
		got := l.sightings()
		if len(got) != 2 || got[0].Name != "pi 1" || got[1].Name != "pi 4" || len(got[0].Addrs) != 2 || got[0].Addrs[1].Zone() != "eth0" {
			t.Fatalf("sightings %+v", got)
		}
		if want := l.begun.Add(500 * time.Millisecond); !got[0].At.Equal(want) {
			t.Errorf("seen at %v, want %v", got[0].At, want)
		}
	})
}

func TestLinkLocalNeedsASingleInterface(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0, link("wlan0", "10.0.0.3/24"))
		l.run(func() { l.newest().answers <- agent(1, "fe80::5"); l.pass(0) })
		if got := l.sightings(); len(got) != 0 {
			t.Errorf("sightings %+v", got)
		}
	})
}

func TestAloneTheMachineHearsItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, link("lo", "127.0.0.1/8"))
		l.run(func() { l.newest().answers <- agent(1, "127.0.0.1"); l.pass(0) })
		if got := l.sightings(); len(got) != 1 || got[0].Addrs[0].String() != "127.0.0.1" {
			t.Errorf("sightings %+v", got)
		}
	})
}

// TestChoose: others found a subset of the cameras, or searched the interface of
// docker (libonvif#66).
func TestChoose(t *testing.T) {
	lo, six, docker := link("lo", "127.0.0.1/8"), link("eth1", "fe80::1/64"), link("docker0", "172.17.0.1/16")
	for name, c := range map[string]struct{ in, want []dnssd.Link }{
		"nothing":             {nil, nil},
		"LAN before lo":       {[]dnssd.Link{lo, eth0}, []dnssd.Link{eth0}},
		"not containers":      {[]dnssd.Link{lo, docker, eth0}, []dnssd.Link{eth0}},
		"only containers":     {[]dnssd.Link{lo, docker}, []dnssd.Link{lo}},
		"lo when alone":       {[]dnssd.Link{lo}, []dnssd.Link{lo}},
		"IPv6 only is no use": {[]dnssd.Link{lo, six}, []dnssd.Link{lo}},
	} {
		if got := choose(c.in); !slices.EqualFunc(got, c.want, dnssd.Link.Equal) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestASlowReceiverHoldsNoRoundUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		release := make(chan struct{})
		var got []string
		l.d.inbox.deliver = func(s dnssd.Sighting) { <-release; got = append(got, s.Addrs[0].String()+" "+s.Name) }
		l.run(func() {
			l.newest().answers <- agent(1, "10.0.0.1")
			l.pass(0) // the receiver now hangs in agent 1
			for i := range 10 {
				l.newest().answers <- agent(2, "10.0.0.2")
				l.newest().answers <- agent(1, "10.0.1."+string(rune('0'+i)))
			}
			l.pass(30 * time.Second)
			if want := secs(0, 1, 3, 7, 15, 25); !slices.Equal(l.starts(), want) {
				t.Errorf("rounds at %v, want %v", l.starts(), want)
			}
			close(release)
			l.pass(0)
		})
		if want := []string{"10.0.0.1 pi 1", "10.0.0.2 pi 2", "10.0.1.9 pi 1"}; !slices.Equal(got, want) {
			t.Errorf("delivered %v, want %v", got, want)
		}
	})
}

func TestTheLogOfAgentsIsCapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		l.run(func() {
			for n := range maxKnown + 50 {
				l.newest().answers <- agent(n, "10.0.0.1")
			}
			l.pass(0)
			if got := len(l.sightings()); got != maxKnown+50 {
				t.Errorf("%d sightings, want %d", got, maxKnown+50)
			}
			lines := l.log.count()
			if lines != maxKnown+2 { // the interfaces, and that there are more
				t.Errorf("%d log lines", lines)
			}
			l.newest().answers <- agent(999, "10.0.0.1")
			l.pass(0)
			if got := len(l.sightings()); got != maxKnown+51 || l.log.count() != lines {
				t.Errorf("%d sightings, %d new lines", got, l.log.count()-lines)
			}
			l.pass(forgotten + time.Second)
			l.newest().answers <- agent(999, "10.0.0.1") // the others are long gone
			l.pass(0)
			if l.log.count() != lines+1 || len(l.d.inbox.listed.known) != 1 {
				t.Errorf("%d new lines, %d known", l.log.count()-lines, len(l.d.inbox.listed.known))
			}
		})
	})
}

func TestFewSightingsWaitForASlowReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth0)
		release := make(chan struct{})
		got := map[string]int{}
		l.d.inbox.deliver = func(s dnssd.Sighting) { <-release; got[s.Name]++ }
		l.run(func() {
			for n := range 3 * maxPending {
				l.newest().answers <- agent(n, "10.0.0.1")
			}
			l.pass(0)
			close(release)
			l.pass(0)
		})
		if len(got) != maxPending+1 { // and the one that the receiver hung in
			t.Errorf("%d agents delivered", len(got))
		}
		late := 0
		for n := 2 * maxPending; n < 3*maxPending; n++ {
			late += got[fmt.Sprint("pi ", n)]
		}
		if late < maxPending/4 || late > maxPending*9/10 {
			t.Errorf("%d of the last third, want a fair share", late)
		}
	})
}
