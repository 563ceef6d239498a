package capture

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"pigrid/shared/api"
)

// session runs the camera once, until it fails, nobody watches or ctx ends. good
// is how long frames have come.
func (s *supervisor) session(ctx context.Context) (good time.Duration, err error) {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	r := &sessionRun{supervisor: s, warnings: warnings{show: s.showWarning}}
	s.begin(r)

	idle := make(chan struct{})
	go func() {
		defer close(idle)
		if s.hub.WaitIdle(ctx, s.idleTime()) == nil {
			end(ErrIdle)
		}
	}()
	defer func() { end(nil); <-idle }()

	if w, waits := s.src.(Waiter); waits {
		if err := w.Wait(ctx); err != nil {
			return 0, cmp.Or(context.Cause(ctx), err)
		}
	}
	s.log.Debug("camera on")
	r.dog = newWatchdog(s.hub.Camera(), func() { end(r.stalled()) })
	defer r.dog.stop()
	defer r.warnings.end()
	err = s.src.Capture(ctx, r)
	if ctx.Err() != nil && !errors.Is(err, errUnkillable) {
		err = context.Cause(ctx)
	}
	return r.last.Sub(r.first), cmp.Or(err, errEnded)
}

// showWarning makes visible what is not as asked, nil when nothing is any more.
func (s *supervisor) showWarning(p *api.Problem, first bool) {
	if first {
		s.hub.SetWarning(p)
	}
	if p != nil {
		s.logWarning(p)
	}
}

// sessionRun is one session of a camera, and the [Sink] of its source.
type sessionRun struct {
	*supervisor
	dog      *watchdog
	warnings warnings

	live        atomic.Bool // a frame has come
	first, last time.Time   // frames

	step string // of what comes before the first one; the writer's mutex guards it, as it does
	over bool   // frames have stopped
}

// stalled notes that frames stopped, or never came, and returns it as a failure.
func (r *sessionRun) stalled() error {
	p := stallProblem(r.live.Load(), cmp.Or(r.advice, adviceCable))
	r.warnings.end()
	r.write(func() {
		r.over = true
		r.hub.SetState(api.Stalled, &p)
	})
	return &Failure{p, errStalled}
}

// Frame implements [Sink].
func (r *sessionRun) Frame(jpeg []byte, at time.Time) {
	r.dog.frame()
	r.hub.Publish(jpeg, at)
	if r.last = at; r.first.IsZero() {
		r.first = at
	}
	if r.live.Swap(true) {
		return
	}
	r.warnings.pictures()
	if r.failures.worth() {
		r.log.Info("camera live", "bytes_per_frame", len(jpeg), "after_failures", r.failures.times)
	}
}

// Preparing implements [Sink].
func (r *sessionRun) Preparing(step string, why api.Problem) {
	r.write(func() {
		if step == r.step || r.over || r.live.Load() {
			return
		}
		r.step = step
		r.dog.progress()
		r.hub.SetState(api.Starting, &why)
	})
}

// Warn implements [Sink].
func (r *sessionRun) Warn(p *api.Problem) { r.warnings.add(p) }

// Mode implements [Sink].
func (r *sessionRun) Mode(m *api.Mode) { r.write(func() { r.hub.SetMode(m) }) }

// warnings are what is not as asked although pictures come: they show from the
// first picture to the end of the session.
type warnings struct {
	// show is called with each and whether it is the first, and with nil at the end.
	show func(p *api.Problem, first bool)

	mu       sync.Mutex
	found    []*api.Problem // of each code the first, which is what was asked for
	pictured bool           // a picture has come
	over     bool
}

// add notes a warning; nil is none.
func (w *warnings) add(p *api.Problem) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p == nil || w.over || slices.ContainsFunc(w.found, func(f *api.Problem) bool { return f.Code == p.Code }) {
		return
	}
	w.found = append(w.found, p)
	if w.pictured {
		w.show(p, len(w.found) == 1)
	}
}

// pictures shows the warnings from now on.
func (w *warnings) pictures() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	w.pictured = true
	for i, p := range w.found {
		w.show(p, i == 0)
	}
}

// end takes the warnings away.
func (w *warnings) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.over = true
		w.show(nil, true)
	}
}
