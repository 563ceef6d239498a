package feed

import (
	"context"
	"time"

	"pigrid/shared/mjpeg"
)

// anotherRateAfter is how long to wait after another rate or size was asked in vain.
const anotherRateAfter = 10 * time.Second

// follow sees to it that the stream comes at the rate and in the size that are asked:
// it opens another link beside the one that gives frames, and gives it up when that
// is not wanted any more. A stream that stands still is not touched. It does the
// same for what comes already when the open link may be dead.
func (s *session) follow(ctx context.Context) {
	s.mu.Lock()
	now := time.Now()
	s.relief.check(s.facts, s.link.rendition.Width, s.sizes.unscaled, now)
	rendition, target := s.asked(now), s.target
	alone := s.link.target.Foreign // never two at once: keep closes this one first
	due := !alone && (s.renew || s.differ(s.link.rendition, rendition) && !s.stalled(now) && !now.Before(s.nextAfter))
	s.renew = s.renew && (alone || s.next != nil)
	other := s.next != nil && s.differ(s.next.rendition, rendition)
	s.mu.Unlock()
	if other {
		s.dropNext()
	}
	if s.next == nil && due {
		s.next = s.prepare(ctx, target, rendition)
	}
}

// turn is when another rate or size may have to be asked for without anybody saying so,
// zero for never.
func (s *session) turn() time.Time {
	switch now := time.Now(); {
	case s.nextAfter.After(now):
		return s.nextAfter
	default:
		return s.wish.ends(now)
	}
}

// successor is where the link that takes over comes from.
func (s *session) successor() <-chan *link {
	if s.next == nil {
		return nil
	}
	return s.next.ready
}

// replace closes the link that gave frames so far; l is nil when there is no
// other.
func (s *session) replace(l *link) {
	cancel := s.next.cancel
	s.next = nil
	if l == nil {
		cancel()
		s.nextAfter = time.Now().Add(anotherRateAfter)
		return
	}
	s.link.close()
	<-s.done          //nolint:errcheck // it says only that we closed it
	l.cancel = cancel // ends its own context as well
	s.mu.Lock()
	s.rendition, s.meter, s.facts.SlowSince = l.rendition, meter{}, time.Time{}
	if s.stamp != "" && l.first.Header.Get(mjpeg.TimestampHeader) <= s.stamp {
		l.first = nil // shown already, the agent begins with the newest one
	}
	s.mu.Unlock()
	s.read(l)
}

func (s *session) dropNext() {
	if s.next != nil {
		s.next.drop()
		s.next = nil
	}
}
