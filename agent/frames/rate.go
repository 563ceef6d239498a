package frames

import "time"

// rateWindow is over how many frames the rate is measured.
const rateWindow = 32

// rate measures frames per second over the last frames.
type rate struct {
	at [rateWindow]time.Time
	n  int // frames added, ever
}

func (r *rate) add(t time.Time) {
	r.at[r.n%rateWindow] = t
	r.n++
}

// perSecond returns the rate as seen at now. It falls towards zero when frames
// stop coming, long before anybody clears it.
func (r *rate) perSecond(now time.Time) float64 {
	kept := min(r.n, rateWindow)
	if kept < 2 {
		return 0
	}
	first := r.at[(r.n-kept)%rateWindow]
	last := r.at[(r.n-1)%rateWindow]
	mean := last.Sub(first) / time.Duration(kept-1)
	span := last.Sub(first)
	if silent := now.Sub(last); silent > 2*mean {
		span += silent
	}
	if span <= 0 {
		return 0
	}
	return float64(kept-1) / span.Seconds()
}
