package feed

import "time"

// clockSpan is for how long the frame that came fastest says how an agent's clock is;
// it says so for twice as long at most.
const clockSpan = 10 * time.Second

// agentClock compares an agent's clock with this computer's. A frame comes late, never
// early: the one that came fastest says best how far ahead the clock is.
type agentClock struct {
	since        time.Time // when the current span began, zero before the first frame
	best, before time.Duration
}

// see takes in a frame that was taken at a time of the agent's clock, and has arrived now.
func (c *agentClock) see(taken, now time.Time) {
	ahead := taken.Sub(now)
	switch {
	case c.since.IsZero():
		c.since, c.best, c.before = now, ahead, ahead
	case now.Sub(c.since) >= clockSpan:
		c.since, c.best, c.before = now, ahead, c.best
	default:
		c.best = max(c.best, ahead)
	}
}

// ahead is how far the clock is ahead of this computer's, negative when it is behind; 0
// before the first frame.
func (c *agentClock) ahead() time.Duration { return max(c.best, c.before) }
