package history

import (
	"time"

	"pigrid/desktop/cameras"
)

const (
	// blip is how long something must last to be remembered.
	blip = 15 * time.Second
	// maxPhases is how many phases of one outage are remembered. Others become the last.
	maxPhases = 16
	// maxMessage is how many bytes of an agent's words are remembered.
	maxMessage = 160
)

// Entry is a time in which a camera was live, slow, or out, or in which its agent alone
// said that it is well. Between two entries nobody watched it.
type Entry struct {
	From, To time.Time
	// Phases has what it showed, in order: one of a camera that was live or slow; of an
	// outage each that lasted, from the second on with the time when it began.
	Phases []Phase
	Going  bool // it is not over
}

// Phase is one state of a camera and why it was in it.
type Phase struct {
	From    time.Time
	State   cameras.State
	Reason  cameras.Reason
	Message string // the agent's own words, mostly empty
}

// Outage reports whether there were no pictures.
func (e Entry) Outage() bool { return classOf(e.Phases[0].State) == out }

// overlap is how much of the entry is between two times.
func (e Entry) overlap(from, to time.Time) time.Duration {
	if e.From.After(from) {
		from = e.From
	}
	if e.To.Before(to) {
		to = e.To
	}
	return max(0, to.Sub(from))
}

// class is what counts as one thing.
type class int

const (
	unwatched class = iota
	idle            // nobody watched, and its agent said that it is well
	live
	slow
	out
)

func classOf(s cameras.State) class {
	switch s {
	case cameras.Paused, "":
		return unwatched
	case cameras.Answers:
		return idle
	case cameras.Live:
		return live
	case cameras.Slow:
		return slow
	default:
		return out
	}
}

// add takes in what the camera shows from a time on.
func (e *Entry) add(p Phase) {
	last := len(e.Phases) - 1
	switch {
	case last < 0:
		e.Phases = append(e.Phases, p)
		return
	case e.Phases[last].State == p.State && e.Phases[last].Reason == p.Reason:
		if p.Message != "" {
			e.Phases[last].Message = p.Message
		}
		return
	case classOf(p.State) != out:
		return
	}
	if p.From.Sub(e.Phases[last].From) < blip || len(e.Phases) == maxPhases { // it did not last
		p.From = e.Phases[last].From
		e.Phases = e.Phases[:last]
		if last == 0 {
			e.Phases = append(e.Phases, p)
			return
		}
		e.add(p) // it may be the one before
		return
	}
	e.Phases = append(e.Phases, p)
}

// end ends it, and leaves out phases that did not last until then.
func (e *Entry) end(at time.Time) {
	e.To = at
	for last := len(e.Phases) - 1; last > 0 && at.Sub(e.Phases[last].From) < blip; last-- {
		e.Phases = e.Phases[:last]
	}
}
