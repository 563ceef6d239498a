package feed

import (
	"time"

	"pigrid/desktop/cameras"
)

const (
	// slowScaled is how long smaller pictures may come at less than half the rate that
	// is due: a little less than until the page says so.
	slowScaled = 4 * time.Second
	// wholeFor is how long full ones are asked for instead,
	wholeFor = 5 * time.Minute
	// wholeTrial is how long it takes to see whether they come faster,
	wholeTrial = 8 * time.Second
	// wholeGain is how many times faster they must come,
	wholeGain = 1.2
	// wholeAgain and after how long it is tried again if they do not: the camera or the
	// network is slow then, not the agent's processor.
	wholeAgain = 10 * time.Minute
)

// relief lets an agent without the time to scale its pictures send full ones.
type relief struct {
	until time.Time // full ones are asked for
	since time.Time // they are asked for, zero for the time before the first comes
	again time.Time // not to be tried before
	slow  float64   // frames per second of the smaller ones
}

// whole reports whether the full size is asked for whatever the tile needs.
func (r *relief) whole(now time.Time) bool { return now.Before(r.until) }

// check looks at the rate of a connection that was asked for so many pixels across.
func (r *relief) check(facts cameras.Stream, asked int, unscaled bool, now time.Time) {
	perSecond := rate(facts.Interval, 0)
	switch {
	case !r.whole(now):
		slow := !facts.SlowSince.IsZero() && now.Sub(facts.SlowSince) >= slowScaled
		if slow && asked > 0 && !unscaled && !now.Before(r.again) {
			*r = relief{until: now.Add(wholeFor), slow: perSecond}
		}
	case asked > 0:
		r.since = time.Time{}
	case r.since.IsZero():
		r.since = now
	case now.Sub(r.since) >= wholeTrial && perSecond < wholeGain*r.slow:
		*r = relief{again: now.Add(wholeAgain)}
	}
}

// next is when to look again, zero for whenever something else happens.
func (r *relief) next(facts cameras.Stream, now time.Time) time.Time {
	switch {
	case r.whole(now) && !r.since.IsZero() && now.Sub(r.since) < wholeTrial:
		return r.since.Add(wholeTrial)
	case r.whole(now):
		return r.until
	case !facts.SlowSince.IsZero() && now.Sub(facts.SlowSince) < slowScaled:
		return facts.SlowSince.Add(slowScaled)
	}
	return time.Time{}
}
