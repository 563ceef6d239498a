package feed

import (
	"slices"
	"time"
)

const (
	// unknownPause is the pause that is expected of a camera without an agent before
	// its own is known,
	unknownPause = 30 * time.Second
	// longestPause is the longest that is believed,
	longestPause = 5 * time.Minute
	// together is how long after the first of several pictures the others came at
	// once with it,
	together = 50 * time.Millisecond
	// paceGaps is how many pauses are remembered,
	paceGaps = 16
	// fewGaps is of how few the longest counts, though it may have been the only one.
	fewGaps = 8
)

// pace learns how long a camera without an agent usually pauses between two
// pictures: nobody says how many it gives. What comes at once counts as one
// picture. Unlike the meter it outlives a connection.
type pace struct {
	last time.Time // the newest one, zero before the first of a connection
	gaps [paceGaps]time.Duration
	n    int // gaps so far
}

// add notes a picture.
func (p *pace) add(now time.Time) {
	if p.last.IsZero() {
		p.last = now
		return
	}
	gap := now.Sub(p.last)
	if gap < together {
		return
	}
	p.last = now
	p.gaps[p.n%paceGaps] = gap
	p.n++
}

// opened begins with another connection. How long the camera was away says
// nothing, and after a silence that nobody waited out nothing is known any more.
func (p *pace) opened(afterSilence bool) {
	p.last = time.Time{}
	if afterSilence {
		*p = pace{}
	}
}

// pause is the longest usual one: the second longest of the last, because a single
// one makes no slow camera of a fast one, and the longest while there are few.
func (p *pace) pause() time.Duration {
	known := slices.Sorted(slices.Values(p.gaps[:min(p.n, paceGaps)]))
	switch n := len(known); {
	case n < 2:
		return unknownPause
	case n < fewGaps:
		return min(known[n-1], longestPause)
	default:
		return min(known[n-2], longestPause)
	}
}
