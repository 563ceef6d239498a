package capture

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"pigrid/shared/api"
)

const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
	// healthyAfter is how long frames must flow before the pauses start small again.
	healthyAfter = time.Minute
)

// supervisor keeps one camera going while somebody watches it.
type supervisor struct {
	writer
	src  Source
	idle time.Duration // the camera is switched off this long after the last viewer; negative never
	log  *slog.Logger
	// onFailure is called after a failed session, before the pause, and after it
	// when nobody watches any more; it may list the cameras again.
	onFailure func()
	// advice is what helps when frames stop; "" is adviceCable.
	advice string

	// again ends the pause after a failure: the camera has come back. May be nil.
	again chan struct{}

	failures failures
	warned   map[api.Code]string // the warnings that were logged last
}

// run serves the camera until ctx ends. Failures are states, never an end.
func (s *supervisor) run(ctx context.Context) {
	pause := firstPause
	failed := false
	for ctx.Err() == nil {
		if s.idle >= 0 {
			if failed && !s.hub.Watched() && s.onFailure != nil {
				s.onFailure() // else it would stay failed for as long as nobody looks
			}
			if s.hub.WaitDemand(ctx) != nil {
				return
			}
		}
		if failed {
			s.hub.CountRestart()
		}
		select {
		case <-s.again: // that it came back is known by now
		default:
		}
		good, err := s.session(ctx)
		failed = !errors.Is(err, ErrIdle)
		if ctx.Err() != nil || !failed {
			s.end(api.Idle, nil)
			if ctx.Err() == nil {
				s.log.Info("camera off, nobody watches")
			}
			pause, s.failures = firstPause, failures{}
			continue
		}
		if good >= healthyAfter {
			pause, s.failures = firstPause, failures{}
		}
		s.report(err, pause)
		if s.onFailure != nil {
			s.onFailure()
		}
		if !s.rest(ctx, pause) {
			return
		}
		pause = min(2*pause, lastPause)
	}
}

// back says that the camera has come back.
func (s *supervisor) back() {
	select {
	case s.again <- struct{}{}:
	default:
	}
}

// idleTime is how long the camera stays on without a viewer. A slow one stays
// until its first frame has come: who asks for one picture leaves before, and
// would never find one.
func (s *supervisor) idleTime() time.Duration {
	if s.idle < 0 {
		return s.idle
	}
	return max(s.idle, s.hub.Camera().SlowStart())
}

// rest waits for the pause after a failure or the camera's return; false when
// ctx ended first.
func (s *supervisor) rest(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.again:
		return true
	case <-ctx.Done():
		return false
	}
}

// report makes a failure visible in words.
func (s *supervisor) report(err error, pause time.Duration) {
	p := problemOf(err, "The camera stopped: "+err.Error()+".")
	state := api.Failed
	if errors.Is(err, errStalled) {
		state = api.Stalled
	}
	s.end(state, &p)
	if times, worth := s.failures.count(p.Code); worth {
		s.log.Warn(p.Message, "hint", p.Hint, "cause", causeOf(err), "next_try_in", pause, "times", times)
	}
}

// logWarning logs a warning once, not at each start.
func (s *supervisor) logWarning(p *api.Problem) {
	if s.warned[p.Code] == p.Message {
		return
	}
	if s.warned == nil {
		s.warned = map[api.Code]string{}
	}
	s.warned[p.Code] = p.Message
	s.log.Warn(p.Message, "hint", p.Hint)
}

// failures counts how often what went wrong since all was well, so that a camera
// that is away for a month, or fails in turns, does not fill the log.
type failures struct {
	kinds map[api.Code]int
	times int // all kinds
	last  int // how often there was the kind of the last one
}

// count notes a failure; worth is true for the 1st, 2nd, 4th, 8th … of a kind.
func (f *failures) count(code api.Code) (times int, worth bool) {
	if f.kinds == nil {
		f.kinds = map[api.Code]int{}
	}
	f.kinds[code]++
	f.times++
	f.last = f.kinds[code]
	return f.last, f.worth()
}

// worth reports whether the failure counted last was logged.
func (f *failures) worth() bool { return f.last&(f.last-1) == 0 }

func causeOf(err error) any {
	if f, ok := errors.AsType[*Failure](err); ok && f.Cause != nil {
		return f.Cause
	}
	return ""
}
