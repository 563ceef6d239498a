//go:build linux

package e2e

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// soon is when clients know what changed. A second is the aim; a busy machine has another
// one.
const soon = 2 * time.Second

// TestServeTellsEveryClient: a page and ten more clients know soon that a camera has
// failed, and share one connection to each camera.
func TestServeTellsEveryClient(t *testing.T) {
	const n, clients = 16, 10
	f := startFleet(t, n, 10)
	s := startServe(t, f)
	b := engines(t)[1].open(t, "http://"+net127(s.port)+"/?key="+s.password)
	b.untilWall(t, n)
	var all []*guest
	for range clients {
		all = append(all, newGuest(t, s, new(atomic.Int64)))
	}
	defer look(all, f.list(t))()
	know := func(live int) bool {
		for _, g := range all {
			if g.live.Load() != int64(live) {
				return false
			}
		}
		var tiles int
		b.run(t, `return document.querySelectorAll("li.tile.live").length`, &tiles)
		return tiles == live
	}
	until(t, 10*time.Second, "all know that all cameras are live", func() bool { return know(n) })
	for _, c := range f.list(t) {
		if c.Viewers != 1 {
			t.Errorf("%s has %d connections", c.Name, c.Viewers)
		}
	}
	for number := 1; number <= 5; number++ {
		f.set(t, number, "refuse")
		until(t, soon, fmt.Sprintf("all know that camera %d has failed", number), func() bool { return know(n - number) })
	}
}

// TestServeHiddenTab: a tab in the background costs nothing, and is live as soon as it is
// in front again; so is one that was frozen with its browser, as phones do.
func TestServeHiddenTab(t *testing.T) {
	const n = 4
	f := startFleet(t, n, 10)
	s := startServe(t, f)
	b := engines(t)[1].open(t, "http://"+net127(s.port)+"/?key="+s.password)
	b.untilWall(t, n)
	cameras := f.list(t)
	live := func() bool {
		fresh := 0
		for number, frame := range frames(t, b.screen) {
			if time.Since(cameras[number-1].takenAt(frame)) < time.Second {
				fresh++
			}
		}
		return fresh == n
	}
	var tab string
	b.call(t, http.MethodGet, b.session+"/window", nil, &tab)
	var other struct{ Handle string }
	b.call(t, http.MethodPost, b.session+"/window/new", map[string]any{"type": "tab"}, &other)
	b.front(t, other.Handle)
	until(t, 2*time.Second, "no stream is open", func() bool { return f.viewers(t) == 0 })
	time.Sleep(2 * time.Second) // as long as somebody reads another page
	if seen := frames(t, b.screen); len(seen) != 0 {
		t.Fatalf("%d pictures are in sight of another tab", len(seen))
	}
	b.front(t, tab)
	until(t, soon, "pictures are live again", live)

	group := -b.driver.cmd.Process.Pid
	if err := syscall.Kill(group, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	until(t, 4*time.Second, "no stream is open for a frozen browser", func() bool { return f.viewers(t) == 0 })
	time.Sleep(2 * time.Second) // as long as a phone lies there
	if live() {
		t.Fatal("the browser is not frozen")
	}
	if err := syscall.Kill(group, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	until(t, soon, "pictures are live after the frost", live)
}

// front shows another tab.
func (b *browser) front(t *testing.T, tab string) {
	t.Helper()
	b.call(t, http.MethodPost, b.session+"/window", map[string]any{"handle": tab}, nil)
}

// TestServeASlowPhone: who gets little slows nobody.
func TestServeASlowPhone(t *testing.T) {
	const n, narrow = 16, 100_000 // bytes a second: two pictures
	f := startFleet(t, n, 10)
	s := startServe(t, f)
	cameras := f.list(t)
	var pictures, few atomic.Int64
	defer guests(t, s, cameras, 2, &pictures)()
	count := func() float64 {
		begin, before := time.Now(), pictures.Load()
		time.Sleep(4 * time.Second) // what comes in it is counted
		return float64(pictures.Load()-before) / time.Since(begin).Seconds()
	}
	until(t, 10*time.Second, "pictures come", func() bool { return pictures.Load() > 100 })
	alone := count()
	slow := newGuestAt(t, narrowLink(t, net127(s.port), narrow), s.password, &few)
	defer look([]*guest{slow}, cameras)()
	until(t, 20*time.Second, "the phone gets a picture", func() bool { return few.Load() > 0 })
	beside := count()
	t.Logf("%.0f pictures a second alone, %.0f beside a phone that got %d", alone, beside, few.Load())
	if beside < 0.8*alone {
		t.Errorf("%.0f pictures a second beside a slow phone, %.0f without", beside, alone)
	}
}
