package feed

import (
	"context"
	"math/rand/v2"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/reconnect"
)

// dialSpread is over how long first dials are spread.
const dialSpread = 100 * time.Millisecond

// Run connects and reconnects until ctx ends.
func (f *Feed) Run(ctx context.Context) {
	defer func() {
		if l := f.takeFirst(); l != nil {
			l.close()
		}
	}()
	defer f.claim.end()
	defer f.dropPicture()
	defer f.succeeded()
	defer f.endShrinking()
	failures := 0
	for first := true; ; first = false {
		if !f.idle(ctx) {
			return
		}
		if first && f.cfg.First == nil && !pause(ctx, time.Duration(rand.Float64()*float64(dialSpread))) {
			return
		}
		end := f.attempt(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case end.failure == nil: // unwanted or sent elsewhere
			failures = 0
			continue
		case end.frames > 0:
			failures = 0
		}
		failures++
		if !f.backOff(ctx, failures, end) {
			return
		}
	}
}

// idle waits until the camera is wanted and has an address.
func (f *Feed) idle(ctx context.Context) bool {
	drop := time.NewTimer(dropAfter)
	defer drop.Stop()
	for {
		f.mu.Lock()
		now := time.Now()
		wanted := f.isWanted(now)
		ready := wanted && f.target.Addr != ""
		if !ready && f.facts.Phase != cameras.Closed {
			f.phase(cameras.Closed, now)
		}
		if !wanted {
			f.countFailing(false)
			f.claim.hide()
		}
		f.mu.Unlock()
		if ready {
			return true
		}
		select {
		case <-f.kick:
		case <-drop.C:
			f.dropPicture()
		case <-ctx.Done():
			return false
		}
	}
}

// dropPicture frees the newest frame and keeps its number.
func (f *Feed) dropPicture() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.frame.JPEG, f.held, f.shrink.newest.JPEG = nil, arrival{}, nil
	f.shrink.dropped, f.shrink.factor = f.shrink.newest.n, 1
	f.claim.forget()
}

// giveUp frees the newest frame and ends the stream: other pictures need the room.
func (f *Feed) giveUp() {
	f.dropPicture()
	f.wake()
}

// backOff waits until the next attempt is due, or until nobody wants it.
func (f *Feed) backOff(ctx context.Context, failures int, end ending) bool {
	f.failed(end)
	delay := reconnect.Delay(reconnect.Wait{
		Failures: failures, Failing: f.cfg.Group.Failing(), Session: end.session, Failure: end.failure, Random: rand.Float64(),
	})
	f.mu.Lock()
	now := time.Now()
	due := now.Add(delay)
	f.phase(cameras.Waiting, now)
	f.facts.RetryAt = due
	f.mu.Unlock()
	f.cfg.Doubted()
	for {
		f.mu.Lock()
		now = time.Now()
		goOn := f.redial || !now.Before(due) || !f.isWanted(now)
		wait := min(due.Sub(now), f.wanted.Add(unwantedAfter).Sub(now))
		f.mu.Unlock()
		if goOn {
			return true
		}
		if !f.sleep(ctx, wait) {
			return false
		}
	}
}

// sleep waits for d or until something changed.
func (f *Feed) sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-f.kick:
	case <-ctx.Done():
		return false
	}
	return true
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// phase notes where the connection is.
func (s *current) phase(p cameras.Phase, now time.Time) {
	s.facts.Phase, s.facts.PhaseSince, s.facts.RetryAt = p, now, time.Time{}
}

// failed notes why the last attempt or connection ended. Whoever says when to
// come back is not dialled before, whatever was asked for meanwhile.
func (f *Feed) failed(end ending) {
	f.mu.Lock()
	first := f.facts.Failure == nil
	f.facts.Failure = end.failure
	if first {
		f.facts.FailedSince = time.Now()
	}
	if end.failure.RetryAfter > 0 {
		f.redial = false
	}
	f.countFailing(true)
	f.mu.Unlock()
	if first {
		f.cfg.Logger.Warn("stream failed", "camera", f.cfg.Key, "reason", end.failure.Reason, "detail", end.failure.Detail)
	}
}

// succeeded forgets earlier failures.
func (f *Feed) succeeded() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.facts.Failure, f.facts.FailedSince = nil, time.Time{}
	f.countFailing(false)
}

// countFailing notes whether it is among those that fail and make each other
// wait. What nobody dials is not.
func (s *current) countFailing(failing bool) {
	if failing == s.counts {
		return
	}
	s.counts = failing
	if failing {
		s.group.failing.Add(1)
	} else {
		s.group.failing.Add(-1)
	}
}
