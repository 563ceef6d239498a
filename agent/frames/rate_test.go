package frames

import (
	"math"
	"testing"
	"time"
)

func TestRate(t *testing.T) {
	start := time.Unix(1e9, 0)
	type run struct {
		frames int
		every  time.Duration
	}
	for name, test := range map[string]struct {
		runs   []run
		silent time.Duration // since the last frame
		want   float64
	}{
		"none":                  {nil, 0, 0},
		"one frame":             {[]run{{1, 0}}, 0, 0},
		"two frames":            {[]run{{2, 100 * time.Millisecond}}, 0, 10},
		"30 fps":                {[]run{{300, time.Second / 30}}, 0, 30},
		"the window twice":      {[]run{{2 * rateFrames, time.Second / 30}}, 0, 30},
		"120 fps":               {[]run{{300, time.Second / 120}}, 0, 120},
		"one frame in 10 s":     {[]run{{20, 10 * time.Second}}, 0, 0.1},
		"slower for 6 s":        {[]run{{300, time.Second / 30}, {6, time.Second}}, 0, 1},
		"next frame on its way": {[]run{{300, time.Second / 30}}, 60 * time.Millisecond, 30},
		"silent":                {[]run{{300, time.Second / 30}}, 31 * time.Second, 0.97},
		"all at once":           {[]run{{40, 0}}, 0, 0},
	} {
		var r rate
		at := start
		for _, run := range test.runs {
			for range run.frames {
				at = at.Add(run.every)
				r.add(at)
			}
		}
		if got := r.perSecond(at.Add(test.silent)); math.Abs(got-test.want) > 0.01*test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// TestRateDecays: the longer nothing comes, the lower the rate.
func TestRateDecays(t *testing.T) {
	var r rate
	at := frameTimes(100, time.Second/30, 5*time.Millisecond)
	for _, one := range at {
		r.add(one)
	}
	last := math.Inf(1)
	for silent := 70 * time.Millisecond; silent < time.Minute; silent *= 2 {
		now := r.perSecond(at[99].Add(silent))
		if now >= last {
			t.Errorf("%v after %v, %v before", now, silent, last)
		}
		last = now
	}
	if last > 1 {
		t.Errorf("still %v at the end", last)
	}
}
