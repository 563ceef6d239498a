//go:build linux

package e2e

import (
	"os"
	"strings"
	"testing"
	"time"
)

// Reconnect storms (MiBeeNvr#712), and all channels that retry in the same
// second (dahua#614): sixty-four cameras hang up soon after every dial, at once
// at first, and are dialled seldom and spread over time.
func TestNoStorm(t *testing.T) {
	const n, watched, calm = 64, 20 * time.Second, 7 * time.Second
	f := startFleet(t, n, 10)
	s := newScreen(t)
	startApp(t, appProgram, s, f.home(t, 1920, 1080))
	s.untilWall(t, n)
	before := f.dials(t)
	f.set(t, 0, "cut") // each stream ends within its first ten frames
	begin := time.Now()
	most, last, at := int64(0), before, begin
	for time.Since(begin) < watched {
		time.Sleep(200 * time.Millisecond)
		now, then := f.dials(t), time.Now()
		// A look that came late says nothing of what is at once.
		if time.Since(begin) > calm && then.Sub(at) < 400*time.Millisecond {
			most = max(most, now-last)
		}
		last, at = now, then
	}
	total := f.dials(t) - before
	t.Logf("%d dials in %v by %d cameras, at most %d within 0.2 s", total, watched, n, most)
	if limit := int64(n) * int64(watched/(5*time.Second)+1); total > limit {
		t.Errorf("%d dials, %d are one in 5 s of each camera", total, limit)
	}
	if total < n/2 {
		t.Errorf("only %d dials: given up", total)
	}
	if most > n/2 {
		t.Errorf("%d of %d cameras were dialled at once", most, n)
	}
}

// dials is how often streams were asked for.
func (f *fleet) dials(t *testing.T) int64 {
	t.Helper()
	total := int64(0)
	for _, c := range f.list(t) {
		total += c.Dials
	}
	return total
}

// A smaller grid deletes cameras (cctv-viewer#38): in a small window they go to
// other pages, and all are there again in a large one.
func TestSmallWindowKeepsCameras(t *testing.T) {
	const n = 9
	f := startFleet(t, n, 10)
	s := newScreen(t)
	s.startWindowManager(t)
	h := f.home(t, 1280, 800)
	a := startApp(t, appProgram, s, h)
	s.untilWall(t, n)
	window := s.window(t)
	s.xdotool(t, "windowsize", window, "480", "320")
	how := ""
	defer func() {
		if how != "" {
			t.Errorf("the small window: %s", how)
		}
	}()
	// The window is small before its page has laid itself out: then a tile is cut and
	// the header's buttons are beyond its edge.
	until(t, 20*time.Second, "a third of the cameras is whole, the others are on other pages", func() bool {
		how = untidy(s.shot(t), s.inside(t, window), n/3)
		return how == ""
	})
	s.save(t, "small-window")
	s.xdotool(t, "windowsize", window, "1280", "800")
	s.untilWall(t, n)
	a.interrupt(t, 5*time.Second)
	data, err := os.ReadFile(h.settings())
	if err != nil {
		t.Fatal(err)
	}
	if kept := strings.Count(string(data), "agent:"); kept != n {
		t.Errorf("%d of %d cameras are remembered", kept, n)
	}
}
