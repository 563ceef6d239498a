package feed

import (
	"bytes"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
)

// TestSlowForeignStreams: nobody says how many pictures such a camera gives. Its
// connection is kept, and its tile says that no picture comes only when several in
// a row are missing.
func TestSlowForeignStreams(t *testing.T) {
	for name, tt := range map[string]struct {
		every   time.Duration
		atOnce  int
		silence time.Duration // before it is said
	}{
		"a picture each 2 s":     {2 * time.Second, 1, 10 * time.Second},
		"a picture each 20 s":    {20 * time.Second, 1, 100 * time.Second},
		"two at once each 10 s":  {10 * time.Second, 2, 50 * time.Second},
		"five at once each 30 s": {30 * time.Second, 5, 150 * time.Second},
		"a picture each 2 min":   {2 * time.Minute, 1, 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c, _ := start(t)
				f.SetTarget(foreign)
				c.after(time.Second)
				var states []cameras.State
				wait := func(d time.Duration) {
					for end := time.Now().Add(d); time.Now().Before(end); {
						c.after(min(time.Second, time.Until(end)))
						states = append(states, f.state())
					}
				}
				for range 20 {
					c.send(tt.atOnce, time.Duration(tt.atOnce-1)*time.Millisecond, false)
					wait(tt.every)
				}
				if bad := slices.DeleteFunc(states, func(s cameras.State) bool { return s == cameras.Live || s == cameras.Connecting }); len(bad) > 0 {
					t.Errorf("said %v", bad)
				}
				if dials := len(c.saw().dials); dials != 1 {
					t.Errorf("%d connections", dials)
				}
				c.send(tt.atOnce, 0, false)
				c.after(tt.silence - time.Second)
				wantState(t, f, cameras.Live)
				c.after(2 * time.Second)
				wantState(t, f, cameras.Stalled)
				c.after(20 * time.Second)
				if got := c.saw(); len(got.dials) != 2 || got.most != 1 || got.probes != 0 {
					t.Errorf("%d connections, %d at once, %d probes", len(got.dials), got.most, got.probes)
				}
			})
		})
	}
}

// TestForeignBecomesSlow: a fast camera that slows down, as at night, is learned
// though it seemed to be silent at first.
func TestForeignBecomesSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(foreign)
		c.after(time.Second)
		c.send(100, 100*time.Millisecond, false)
		c.after(4 * time.Second)
		wantState(t, f, cameras.Stalled)
		for range 4 {
			c.after(20 * time.Second) // also as long as no connection waited before
			c.send(1, 0, false)
		}
		c.send(3, 20*time.Second, false)
		before := len(c.saw().dials)
		c.send(5, 20*time.Second, false)
		c.after(90 * time.Second)
		wantState(t, f, cameras.Live)
		if got := len(c.saw().dials); got != before {
			t.Errorf("%d more connections", got-before)
		}
		c.send(50, 100*time.Millisecond, false)
		c.after(4 * time.Second)
		wantState(t, f, cameras.Stalled)
	})
}

// TestAgentsRulesAreTheirs: an agent says how many pictures its camera gives.
func TestAgentsRulesAreTheirs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		c.send(2, 100*time.Millisecond, false)
		c.after(3100 * time.Millisecond)
		wantState(t, f, cameras.Stalled)
	})
}

// TestTheNewestOfSeveralIsShown: of pictures that come at once the last is the
// newest, and it may be long until another comes.
func TestTheNewestOfSeveralIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(foreign)
		c.after(time.Second)
		old := c.jpeg
		c.send(1, 0, false)
		c.jpeg = append(bytes.Clone(old[:2]), append([]byte{0xFF, 0xFE, 0, 3, 'x'}, old[2:]...)...) // a comment
		c.send(1, 0, false)
		c.after(10 * time.Millisecond)
		if f.Frame().Seq != 1 {
			t.Errorf("frame %d at once", f.Frame().Seq)
		}
		c.after(time.Second)
		if frame := f.Frame(); frame.Seq != 2 || !bytes.Equal(frame.JPEG, c.jpeg) || time.Since(frame.At) < time.Second || c.saw().frames != 2 {
			t.Errorf("frame %d, the newest: %v, %v old", frame.Seq, bytes.Equal(frame.JPEG, c.jpeg), time.Since(frame.At))
		}
	})
}

func TestPace(t *testing.T) {
	for name, tt := range map[string]struct {
		at   []float64 // seconds
		want float64
	}{
		"nothing":              {nil, 30},
		"one":                  {[]float64{1}, 30},
		"two":                  {[]float64{1, 3}, 30},
		"three":                {[]float64{1, 3, 6}, 3},
		"three at once":        {[]float64{1, 1, 1.04}, 30},
		"pairs":                {[]float64{1, 1, 11, 11, 21, 21}, 10},
		"a long one":           {[]float64{1, 1000, 2000}, 300},
		"one that was longer":  {[]float64{1, 2, 3, 4, 5, 6, 7, 17, 18, 19}, 1},
		"two that were longer": {[]float64{1, 2, 3, 4, 5, 6, 7, 17, 18, 27}, 9},
	} {
		var p pace
		for _, at := range tt.at {
			p.add(time.Unix(0, int64(at*1e9)))
		}
		if got := p.pause().Seconds(); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
