package frames

import (
	"math"
	"time"
)

// pacer thins frames out to one per period. The due times form one even grid
// from the first frame on, so rounding never adds up and a gap does not shift
// it. The frame nearest to a due time is shown.
type pacer struct {
	period time.Duration // 0: every frame
	early  time.Duration // how much too early the nearest frame may be: half the camera's interval
	lag    time.Duration // how late the nearest frame may be, with jitter
	next   time.Time     // when a frame is due
}

// newPacer returns a pacer for a rate in frames per second and a camera that
// takes a frame each interval. With rate 0 it shows every frame.
func newPacer(fps float64, interval time.Duration) pacer {
	if fps <= 0 {
		return pacer{}
	}
	period := time.Duration(float64(time.Second) / fps)
	return pacer{
		period: period,
		early:  interval / 2,
		lag:    max(period-interval/2, min(interval, period)),
	}
}

// due reports whether the frame taken at t is to be shown.
func (p *pacer) due(t time.Time) bool {
	switch {
	case p.period == 0:
		return true
	case p.next.IsZero():
		p.next = t
	case t.Before(p.next.Add(-p.early)):
		return false
	}
	p.next = p.next.Add(time.Duration(p.missed(t)+1) * p.period)
	return true
}

// missed returns how many due times passed without a frame before the one
// taken at t, which is not yet given to due.
func (p *pacer) missed(t time.Time) uint64 {
	if p.period == 0 {
		return math.MaxUint64
	}
	late := t.Sub(p.next)
	return uint64(max(0, late+p.period-p.lag) / p.period)
}
