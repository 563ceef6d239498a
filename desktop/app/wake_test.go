package app

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
	"pigrid/shared/api"
	"pigrid/shared/dnssd"
	"pigrid/shared/mjpeg"
)

// lan is a network of agents that can die without a word, inside a synctest
// bubble: what is open falls silent for good, what is dialled times out.
type lan struct {
	jpeg []byte

	mu    sync.Mutex
	dead  bool
	cut   chan struct{} // closed when what is open falls silent
	asked []time.Time   // for a status
	dials int
}

// state of the network at the moment.
func (l *lan) now() (dead bool, cut chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead, l.cut
}

// die cuts what is open; the network works again at once unless it stays dead.
func (l *lan) die(stays bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.cut)
	l.cut, l.dead = make(chan struct{}), stays
}

func (l *lan) revive() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = false
}

// reach dials: TCP asks once more after a second, and the app gives up after
// three.
func (l *lan) reach(ctx context.Context) error {
	for _, wait := range []time.Duration{0, time.Second, 2 * time.Second} {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
		if dead, _ := l.now(); !dead {
			return nil
		}
	}
	return &cameras.Failure{Reason: cameras.ReasonTimeout}
}

func (l *lan) Find(ctx context.Context, id string, _ []string) (agents.Found, error) {
	l.mu.Lock()
	l.asked = append(l.asked, time.Now())
	l.mu.Unlock()
	if err := l.reach(ctx); err != nil {
		return agents.Found{}, err
	}
	status := api.Status{API: api.Version, ID: id, Name: id}
	status.Cameras = []api.Camera{{ID: "x", Name: id, State: api.Live, Framerate: 20, Video: "/video"}}
	return agents.Found{Status: status, Address: "192.168.1.2:8080"}, nil
}

func (l *lan) Open(ctx context.Context, _ agents.Source) (*agents.Stream, error) {
	l.mu.Lock()
	l.dials++
	l.mu.Unlock()
	if err := l.reach(ctx); err != nil {
		return nil, err
	}
	_, cut := l.now()
	r, w := io.Pipe()
	go func() {
		_, err := io.WriteString(w, mjpeg.Opening)
		for err == nil {
			select {
			case <-time.After(100 * time.Millisecond):
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
	return &agents.Stream{Body: r, ContentType: mjpeg.ContentType}, nil
}

func (l *lan) Alive(ctx context.Context, _ string) error { return l.reach(ctx) }

// startLan runs an app that shows n agents.
func startLan(t *testing.T, n int) (*desk, *lan) {
	l := &lan{jpeg: testJPEG(t), cut: make(chan struct{})}
	d := startDesk(t, "", l)
	for i := range n {
		id := fmt.Sprintf("%02d%s", i, idA[2:])
		d.search.sighted(dnssd.Sighting{Info: dnssd.Info{ID: id, Name: id}, Port: 8080})
	}
	time.Sleep(time.Second)
	d.look(t)
	time.Sleep(15 * time.Second)
	if got := d.moving(time.Second); got != n {
		t.Fatalf("%d of %d cameras are live", got, n)
	}
	return d, l
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
			l.die(false)
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
		dials := l.dials
		d.engine.wake()
		for range 20 {
			time.Sleep(100 * time.Millisecond)
			if got := d.moving(250 * time.Millisecond); got != 16 {
				t.Fatalf("%d of 16 cameras are live", got)
			}
		}
		if l.dials != dials+16 {
			t.Errorf("%d dials", l.dials-dials)
		}
	})
}

// TestBackFromADeadNetwork: everybody waits for up to half a minute by then.
func TestBackFromADeadNetwork(t *testing.T) {
	for _, n := range []int{2, 16, 64} {
		for i := range 2 {
			synctest.Test(t, func(t *testing.T) {
				d, l := startLan(t, n)
				l.die(true)
				time.Sleep(70*time.Second + time.Duration(i)*700*time.Millisecond)
				if got := d.moving(time.Minute); got != 0 {
					t.Fatalf("%d cameras are live", got)
				}
				l.revive()
				back := time.Now()
				for d.moving(500*time.Millisecond) < n && time.Since(back) < time.Minute {
					time.Sleep(50 * time.Millisecond)
				}
				took := time.Since(back)
				t.Logf("%d cameras: all live after %v", n, took)
				if took > 3*time.Second {
					t.Error("that is too long")
				}
			})
		}
	}
}

// TestScoutIsNoStorm: one agent out of turn each second, whatever their number,
// and none when only a few fail.
func TestScoutIsNoStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, l := startLan(t, 64)
		l.die(true)
		time.Sleep(90 * time.Second)
		l.mu.Lock()
		l.asked = nil
		l.mu.Unlock()
		time.Sleep(time.Minute)
		l.mu.Lock()
		defer l.mu.Unlock()
		perSecond := map[int64]int{}
		for _, at := range l.asked {
			perSecond[at.Unix()]++
		}
		most := 0
		for _, n := range perSecond {
			most = max(most, n)
		}
		if total := len(l.asked); total > 64*3+60+30 || most > 20 {
			t.Errorf("%d questions in a minute, %d in one second", total, most)
		}
		if got := d.moving(time.Minute); got != 0 {
			t.Errorf("%d live", got)
		}
	})
}

func TestOutageIsHalfAndSeveral(t *testing.T) {
	failed := cameras.Agent{Failure: &cameras.Failure{}}
	for _, tt := range []struct {
		fail, work int
		want       bool
	}{{0, 3, false}, {1, 0, false}, {1, 1, false}, {2, 0, true}, {2, 2, true}, {2, 3, false}, {3, 2, true}} {
		e := &Engine{agents: map[string]*agent{"rumour": {facts: failed}}}
		for i := range tt.fail {
			e.agents[fmt.Sprint("f", i)] = &agent{facts: failed, shown: true}
		}
		for i := range tt.work {
			e.agents[fmt.Sprint("w", i)] = &agent{shown: true}
		}
		got := e.outage()
		if len(got) > 0 != tt.want || slices.Contains(got, "rumour") {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// TestScoutAsksEverySecond: the waits of eight that fail have grown to half a
// minute, and still one of them is asked again and again.
func TestScoutAsksEverySecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, l := startLan(t, 8)
		l.die(true)
		time.Sleep(90 * time.Second)
		l.mu.Lock()
		l.asked = nil
		l.mu.Unlock()
		time.Sleep(time.Minute)
		l.mu.Lock()
		defer l.mu.Unlock()
		if n := len(l.asked); n < 45 || n > 90 {
			t.Errorf("%d questions in a minute", n)
		}
	})
}
