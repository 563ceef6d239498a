package gridapi

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/dnssd"
	"pigrid/shared/endpoint"
	"pigrid/shared/mjpeg"
)

// lan is a network of agents and cameras that can die without a word, inside a
// synctest bubble: what is open falls silent for good, what is dialled times out.
type lan struct {
	jpeg []byte

	mu    sync.Mutex
	dead  func(host int) bool   // nil: nobody is
	cut   map[int]chan struct{} // by host, closed when what is open falls silent
	asked []time.Time           // for a status
	dials []time.Time
	busy  time.Duration // every stream is refused for so long, when not 0
	open  int           // streams
}

func newLan(t *testing.T) *lan { return &lan{jpeg: testJPEG(t), cut: map[int]chan struct{}{}} }

// address is where the host of that number is.
func address(host int) string { return fmt.Sprintf("192.168.1.%d:8080", host+1) }

func hostAt(t string) int { return int(netip.MustParseAddrPort(t).Addr().As4()[3]) - 1 }

// now is the state of a host at the moment.
func (l *lan) now(host int) (dead bool, cut chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut[host] == nil {
		l.cut[host] = make(chan struct{})
	}
	return l.dead != nil && l.dead(host), l.cut[host]
}

// die cuts what is open of some hosts; they work again at once unless they stay dead.
func (l *lan) die(stay bool, who func(host int) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for host, cut := range l.cut {
		if who(host) {
			close(cut)
			delete(l.cut, host)
		}
	}
	if stay {
		l.dead = who
	}
}

func all(int) bool { return true }

func (l *lan) revive() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = nil
}

// reach dials: TCP asks once more after a second, and the app gives up after
// three.
func (l *lan) reach(ctx context.Context, host int) error {
	for _, wait := range []time.Duration{0, time.Second, 2 * time.Second} {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
		if dead, _ := l.now(host); !dead {
			return nil
		}
	}
	return &cameras.Failure{Reason: cameras.ReasonTimeout}
}

func (l *lan) Find(ctx context.Context, id string, addresses []endpoint.Endpoint) (client.Found, error) {
	if id == "" {
		return client.Found{}, &cameras.Failure{Reason: cameras.ReasonRefused}
	}
	l.mu.Lock()
	l.asked = append(l.asked, time.Now())
	l.mu.Unlock()
	if err := l.reach(ctx, hostAt(addresses[0].Addr)); err != nil {
		return client.Found{}, err
	}
	status := api.Status{API: api.Version, ID: id, Name: id}
	status.Cameras = []api.Camera{{ID: "x", Name: id, State: api.Live, Framerate: 5, Video: "/video"}}
	return client.Found{Status: status, At: addresses[0], Remote: netip.MustParseAddrPort(addresses[0].Addr)}, nil
}

func (l *lan) Open(ctx context.Context, from client.Source) (*client.Stream, error) {
	l.mu.Lock()
	l.dials = append(l.dials, time.Now())
	busy := l.busy
	l.mu.Unlock()
	host := hostAt(from.Addr)
	if err := l.reach(ctx, host); err != nil {
		return nil, err
	}
	if busy > 0 {
		return nil, &cameras.Failure{Reason: cameras.ReasonBusy, Status: 503, RetryAfter: busy}
	}
	_, cut := l.now(host)
	l.count(1)
	r, w := io.Pipe()
	go func() {
		defer l.count(-1)
		_, err := io.WriteString(w, mjpeg.Opening)
		for err == nil {
			select {
			case <-time.After(200 * time.Millisecond):
				_, err = w.Write(mjpeg.NewPart(l.jpeg, time.Now(), false).Standard)
			case <-cut:
				<-ctx.Done()
				err = ctx.Err()
			case <-ctx.Done():
				err = ctx.Err()
			}
		}
		_ = w.CloseWithError(err)
	}()
	return &client.Stream{Body: r, ContentType: mjpeg.ContentType}, nil
}

func (l *lan) count(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open += n
}

func (l *lan) Alive(ctx context.Context, at endpoint.Endpoint) error {
	return l.reach(ctx, hostAt(at.Addr))
}

// announce is what one round of the search hears of n agents.
func announce(d *desk, n int) {
	for i := range n {
		id := fmt.Sprintf("%02d%s", i, idA[2:])
		d.search.sighted(dnssd.Sighting{Info: dnssd.Info{ID: id, Name: id}, Port: 8080, Addrs: []netip.Addr{netip.MustParseAddrPort(address(i)).Addr()}})
	}
}

// startLan runs an app that shows n agents.
func startLan(t *testing.T, n int) (*desk, *lan) {
	l := newLan(t)
	d := startDesk(t, "", l)
	announce(d, n)
	time.Sleep(time.Second)
	d.look(t)
	time.Sleep(15 * time.Second)
	if got := d.moving(time.Second); got != n {
		t.Fatalf("%d of %d cameras are live", got, n)
	}
	return d, l
}

// startForeignLan runs an app that shows n cameras without an agent.
func startForeignLan(t *testing.T, n int) (*desk, *lan) {
	l := newLan(t)
	d := startDesk(t, "", l)
	d.look(t)
	for i := range n {
		if r := d.Add("http://" + address(i) + "/stream"); !r.OK() {
			t.Fatalf("%+v", r)
		}
	}
	time.Sleep(15 * time.Second)
	if got := d.moving(time.Second); got != n {
		t.Fatalf("%d of %d cameras are live", got, n)
	}
	return d, l
}

// forget what was asked and dialled so far.
func (l *lan) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked, l.dials = nil, nil
}

// busiest is how many of these times are in the same second.
func busiest(times []time.Time) (most int) {
	perSecond := map[int64]int{}
	for _, at := range times {
		perSecond[at.Unix()]++
		most = max(most, perSecond[at.Unix()])
	}
	return most
}

// moving counts the live cameras with a picture of the last while.
func (d *desk) moving(ago time.Duration) int {
	n := 0
	for _, c := range d.State().Cameras {
		if c.State == cameras.Live && c.LastFrameAt >= time.Now().Add(-ago).UnixMilli() {
			n++
		}
	}
	return n
}

// TestBackFromSleep: what was open is dead and nobody says so (moonfire#115).
func TestBackFromSleep(t *testing.T) {
	for _, n := range []int{1, 16} {
		synctest.Test(t, func(t *testing.T) {
			d, l := startLan(t, n)
			l.die(false, all)
			d.search.mu.Lock()
			d.search.interfaces = []string{"wlan0 10.0.0.2/24"}
			d.search.mu.Unlock()
			time.Sleep(3 * time.Second)
			if got := d.moving(500 * time.Millisecond); got != n {
				t.Errorf("%d of %d cameras are live", got, n)
			}
		})
	}
}

// TestWakingCutsNothingThatLives: each is dialled once more, and no picture is
// missing.
func TestWakingCutsNothingThatLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, l := startLan(t, 16)
		l.forget()
		d.asleep.Add(int64(time.Hour))
		for range 20 {
			time.Sleep(100 * time.Millisecond)
			if got := d.moving(350 * time.Millisecond); got != 16 {
				t.Fatalf("%d of 16 cameras are live", got)
			}
		}
		if len(l.dials) != 16 {
			t.Errorf("%d dials", len(l.dials))
		}
	})
}

// TestBackFromADeadNetwork: everybody waits for up to half a minute by then.
func TestBackFromADeadNetwork(t *testing.T) {
	for _, tt := range []struct {
		name    string
		start   func(t *testing.T, n int) (*desk, *lan)
		n, dead int // the first so many are behind what is dead
		times   int
	}{
		{"one", startLan, 1, 1, 5},
		{"two", startLan, 2, 2, 5},
		{"all", startLan, 16, 16, 2},
		{"all of many", startLan, 64, 64, 1},
		{"one of a few", startLan, 3, 1, 5},
		{"a few of many", startLan, 10, 3, 3},
		{"those at one switch", startLan, 24, 11, 3},
		{"one without an agent", startForeignLan, 1, 1, 5},
		{"a few without agents", startForeignLan, 4, 4, 5},
		{"many without agents", startForeignLan, 16, 16, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.times {
				synctest.Test(t, func(t *testing.T) {
					d, l := tt.start(t, tt.n)
					l.die(true, func(host int) bool { return host < tt.dead })
					time.Sleep(70*time.Second + time.Duration(i)*700*time.Millisecond)
					if got := d.moving(time.Minute); got != tt.n-tt.dead {
						t.Fatalf("%d cameras are live", got)
					}
					l.revive()
					back := time.Now()
					for d.moving(500*time.Millisecond) < tt.n && time.Since(back) < time.Minute {
						time.Sleep(50 * time.Millisecond)
					}
					if took := time.Since(back); took > 3*time.Second {
						t.Errorf("%d of %d cameras: all live after %v", tt.dead, tt.n, took)
					}
				})
			}
		})
	}
}

// TestScoutIsNoStorm: one agent out of turn each second, whatever their number.
func TestScoutIsNoStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, l := startLan(t, 64)
		l.die(true, all)
		time.Sleep(90 * time.Second)
		l.forget()
		time.Sleep(time.Minute)
		l.mu.Lock()
		defer l.mu.Unlock()
		if total, most := len(l.asked), busiest(l.asked); total > 64*3+60+30 || most > 20 {
			t.Errorf("%d questions in a minute, %d in one second", total, most)
		}
		if got := d.moving(time.Minute); got != 0 {
			t.Errorf("%d live", got)
		}
	})
}

// TestScoutAsksEverySecond: the waits of eight that fail have grown to half a
// minute, and still one of them is asked again and again.
func TestScoutAsksEverySecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, l := startLan(t, 8)
		l.die(true, all)
		time.Sleep(90 * time.Second)
		l.forget()
		time.Sleep(time.Minute)
		l.mu.Lock()
		defer l.mu.Unlock()
		if n := len(l.asked); n < 45 || n > 90 {
			t.Errorf("%d questions in a minute", n)
		}
	})
}

// TestAFlappingAgentWakesNobody: those that were lost long before it have nothing
// to do with it.
func TestAFlappingAgentWakesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, l := startLan(t, 33)
		dead := func(host int) bool { return host < 32 }
		l.die(true, dead)
		time.Sleep(2 * time.Minute)
		l.forget()
		for range 6 {
			l.die(true, all)
			time.Sleep(12 * time.Second)
			l.die(true, dead)
			time.Sleep(8 * time.Second)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if total, most := len(l.asked), busiest(l.asked); total > 2*(33*3+60)+60 || most > 16 {
			t.Errorf("%d questions in two minutes, %d in one second", total, most)
		}
	})
}

// TestAnswersToTheSearchAreNoAnnouncements: who asks to be left alone for two
// minutes answers each round of the search (dahua#614: all in the same second).
func TestAnswersToTheSearchAreNoAnnouncements(t *testing.T) {
	for name, change := range map[string]func(l *lan){
		"told to wait": func(l *lan) { l.busy = 2 * time.Minute },
		"unreachable":  func(l *lan) { l.dead = all },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const n = 16
				d, l := startLan(t, n)
				l.mu.Lock()
				change(l)
				l.mu.Unlock()
				l.die(false, all)
				time.Sleep(2 * time.Minute)
				announce(d, n)
				time.Sleep(30 * time.Second)
				l.forget()
				for range 12 {
					announce(d, n)
					time.Sleep(10 * time.Second)
				}
				l.mu.Lock()
				defer l.mu.Unlock()
				asked, dials := len(l.asked), len(l.dials)
				t.Logf("%d questions, %d in one second; %d dials, %d in one second", asked, busiest(l.asked), dials, busiest(l.dials))
				if name == "told to wait" && (dials > n || busiest(l.dials) > 8) {
					t.Errorf("%d dials in two minutes, %d in one second", dials, busiest(l.dials))
				}
				if name == "unreachable" && (asked > n*6+120+60 || busiest(l.asked) > n/2 || busiest(l.dials) > n/2) {
					t.Errorf("%d questions in two minutes, %d in one second; %d dials in one second", asked, busiest(l.asked), busiest(l.dials))
				}
			})
		})
	}
}

// TestNobodyIsScoutedWhileNobodyLooks, nor asked more often than by who looks.
func TestNobodyIsScoutedWhileNobodyLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 32
		l := newLan(t)
		d := startDesk(t, "", l)
		announce(d, n)
		time.Sleep(time.Second)
		d.Server.look(nil) // the page was seen once
		l.die(true, all)
		time.Sleep(3 * time.Minute)
		l.forget()
		time.Sleep(3 * time.Minute)
		l.mu.Lock()
		defer l.mu.Unlock()
		// Each every 30 s, give or take a quarter, and three more for its dial.
		if asked := len(l.asked); asked < n*4 || asked > n*7 {
			t.Errorf("%d questions in three minutes", asked)
		}
	})
}

// TestThePageAsksForOthers: cameras of another page than the one that is seen are
// closed, whether they are remembered or new.
func TestThePageAsksForOthers(t *testing.T) {
	for _, first := range []bool{true, false} { // they are there before the page asks
		synctest.Test(t, func(t *testing.T) {
			l := newLan(t)
			d := startDesk(t, "", l)
			if first {
				announce(d, 2)
				time.Sleep(time.Second)
			}
			look := func(until time.Duration) {
				for end := time.Now().Add(until); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
					d.Server.look([]Want{{Key: "agent:none/x", FPS: 10}})
				}
			}
			look(time.Second)
			if !first {
				announce(d, 2)
			}
			look(2 * time.Second)
			l.mu.Lock()
			open, dials := l.open, len(l.dials)
			l.mu.Unlock()
			if open != 0 || dials != 2 {
				t.Errorf("known before: %v; %d are open, %d were dialled", first, open, dials)
			}
		})
	}
}

// TestFoundWhileNobodyLooks: a minimised window loads nothing, not even of who is
// new (OctoPrint#5076).
func TestFoundWhileNobodyLooks(t *testing.T) {
	for seen, want := range map[bool]int{false: 1, true: 0} {
		synctest.Test(t, func(t *testing.T) {
			l := newLan(t)
			d := startDesk(t, "", l)
			if seen {
				d.Server.look(nil)
			}
			time.Sleep(3 * time.Second)
			announce(d, 1)
			time.Sleep(10 * time.Second)
			l.mu.Lock()
			defer l.mu.Unlock()
			if len(l.dials) != want || len(d.State().Cameras) != 1 {
				t.Errorf("a page was seen: %v; %d dials", seen, len(l.dials))
			}
		})
	}
}
