package feed

import (
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/mjpeg"
)

// TestAgentClock: frames that are late say nothing of the clock, and a clock that is set
// is believed soon.
func TestAgentClock(t *testing.T) {
	begin := time.Unix(1_800_000_000, 0)
	var c agentClock
	if got := c.ahead(); got != 0 {
		t.Errorf("before the first frame: %v", got)
	}
	for _, step := range []struct {
		at, ahead, want time.Duration // ahead is that of one frame
	}{
		{0, -3 * time.Second, -3 * time.Second},
		{time.Second, -20 * time.Millisecond, -20 * time.Millisecond},
		{2 * time.Second, -5 * time.Second, -20 * time.Millisecond},
		{11 * time.Second, -4 * time.Second, -20 * time.Millisecond}, // the best one is of the span before
		{12 * time.Second, time.Hour, time.Hour},                     // set forward: at once
		{13 * time.Second, -time.Hour, time.Hour},
		{21 * time.Second, -time.Hour, time.Hour}, // set back: when no frame of before counts
		{31 * time.Second, -time.Hour, -time.Hour},
	} {
		now := begin.Add(step.at)
		c.see(now.Add(step.ahead), now)
		if got := c.ahead(); got != step.want {
			t.Errorf("at %v: %v, want %v", step.at, got, step.want)
		}
	}
}

// TestFactsSayWhenAPictureWasTaken, of an agent whose clock is three minutes ahead.
func TestFactsSayWhenAPictureWasTaken(t *testing.T) {
	const ahead = 3 * time.Minute
	for name, foreign := range map[string]bool{"an agent": false, "a camera without an agent": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c, _ := start(t)
				to := target
				to.Foreign = foreign
				f.SetTarget(to)
				c.after(100 * time.Millisecond)
				for range 3 {
					part := mjpeg.NewPart(c.jpeg, time.Now().Add(ahead), false).Standard
					if _, err := c.saw().stream.Write(append([]byte(mjpeg.Opening), part...)); err != nil {
						t.Fatal(err)
					}
					c.after(100 * time.Millisecond)
				}
				facts := f.Facts()
				want := cameras.Stream{Taken: facts.LastFrame.Round(0).Add(ahead), ClockAhead: ahead}
				if foreign {
					want = cameras.Stream{}
				}
				if off := facts.Taken.Sub(want.Taken).Abs(); off > time.Millisecond || (facts.ClockAhead-want.ClockAhead).Abs() > time.Millisecond {
					t.Errorf("taken %v, ahead %v, want %v, %v", facts.Taken, facts.ClockAhead, want.Taken, want.ClockAhead)
				}
			})
		})
	}
}
