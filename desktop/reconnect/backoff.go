package reconnect

import (
	"time"

	"pigrid/desktop/cameras"
)

const (
	// manyFailing is from how many failing cameras on everybody waits longer.
	manyFailing = 8
	maxFew      = 5 * time.Second
	maxMany     = 30 * time.Second
	// shortSession is how long a stream must last not to be dialled again slowly.
	shortSession = 10 * time.Second
	jitter       = 0.25
)

// Wait is what the delay before the next attempt depends on.
type Wait struct {
	Failures int              // attempts in a row that came to nothing, at least 1
	Failing  int              // cameras that fail at the moment, this one included
	Session  time.Duration    // how long the stream lasted that the other side ended, 0 when there was none
	Failure  *cameras.Failure // for its Retry-After
	Random   float64          // in [0, 1), spreads attempts so that they never come all at once
}

// Delay returns how long to wait before the next attempt: 1, 2, 4, 5, 5… s
// while few cameras fail, else doubling up to 30 s, give or take a quarter. What
// an agent asked for, and 5 s after a short session, is the least; up to half of
// it is added.
func Delay(w Wait) time.Duration {
	top := maxFew
	if w.Failing >= manyFailing {
		top = maxMany
	}
	d := min(time.Second<<min(max(w.Failures-1, 0), 6), top)
	d = time.Duration(float64(d) * (1 - jitter + 2*jitter*w.Random))
	var least time.Duration
	if w.Session > 0 && w.Session < shortSession {
		least = maxFew
	}
	if w.Failure != nil {
		least = max(least, w.Failure.RetryAfter)
	}
	if d < least {
		// Later, never sooner: cameras that ended together must not come back
		// together.
		d = time.Duration(float64(least) * (1 + 2*jitter*w.Random))
	}
	return d
}
