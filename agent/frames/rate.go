package frames

import "time"

const (
	// rateFrames is over how many frames the rate is measured at most.
	rateFrames = 32
	// rateSpan is how far back they may lie; two always count.
	rateSpan = 5 * time.Second
)

// rate measures frames per second over the last frames.
type rate struct {
	at [rateFrames]time.Time
	n  int // frames added, but counted no further than twice the window
}

func (r *rate) add(t time.Time) {
	r.at[r.n%rateFrames] = t
	if r.n++; r.n == 2*rateFrames {
		r.n = rateFrames // for years of frames on 32-bit Pis
	}
}

// perSecond returns the rate as seen at now. It falls towards zero when frames
// stop coming, long before anybody clears it.
func (r *rate) perSecond(now time.Time) float64 {
	intervals, span := r.recent()
	if intervals == 0 || span <= 0 {
		return 0
	}
	mean := span / time.Duration(intervals)
	if silent := now.Sub(r.back(0)); silent > 2*mean {
		span += silent
	}
	return float64(intervals) / span.Seconds()
}

// recent returns how many intervals between frames count and how long they
// took together.
func (r *rate) recent() (intervals int, span time.Duration) {
	for n := 1; n < min(r.n, rateFrames); n++ {
		s := r.back(0).Sub(r.back(n))
		if n > 1 && s > rateSpan {
			break
		}
		intervals, span = n, s
	}
	return intervals, span
}

// back returns the time of the frame that came n before the last one.
func (r *rate) back(n int) time.Time { return r.at[(r.n-1-n)%rateFrames] }
