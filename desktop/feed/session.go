package feed

import (
	"context"
	"errors"
	"io"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/mjpeg"
)

const (
	probeTimeout = 1500 * time.Millisecond
	probeEvery   = 5 * time.Second
	// giveUpAfter is how long nothing at all may come although the agent is
	// well: the connection itself may be dead.
	giveUpAfter = 15 * time.Second
)

// ending is how an attempt ended. Without a failure it ended because nobody
// wants the stream any more or because it has to be opened elsewhere.
type ending struct {
	failure *cameras.Failure
	session time.Duration // how long the stream was open, when the other side ended it
	frames  uint64        // real ones
}

// attempt opens the stream once and reads it to its end.
func (f *Feed) attempt(ctx context.Context) ending {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	target, rendition := f.dialling(cancel)
	l, failure := f.takeFirst(), (*cameras.Failure)(nil)
	if l == nil {
		l, failure = f.connect(ctx, target, rendition)
	}
	f.mu.Lock()
	f.leaveDial = nil
	f.mu.Unlock()
	if l == nil {
		return ending{failure: failure}
	}
	f.opened(rendition)
	s := session{Feed: f, opened: time.Now()}
	s.read(l)
	return s.watch(ctx)
}

// takeFirst returns the connection the Feed was made with, once.
func (f *Feed) takeFirst() *link {
	f.mu.Lock()
	first := f.cfg.First
	f.cfg.First = nil
	f.mu.Unlock()
	if first == nil {
		return nil
	}
	l := first.link
	l.read.tell(f.count, f.claim)
	return l
}

// dialling notes that an attempt begins, and returns where to and for what. leave ends
// it, while it dials.
func (f *Feed) dialling(leave func()) (Target, Rendition) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.redial, f.renew, f.cut, f.leaveDial = false, false, false, leave
	f.claim.renew()
	f.phase(cameras.Dialling, now)
	return f.target, f.asked(now)
}

// opened notes that the response headers are there, and what was asked for.
func (f *Feed) opened(r Rendition) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.phase(cameras.Open, now)
	f.began = true
	f.rendition, f.meter, f.lastPart, f.placeholder, f.stamp = r, meter{}, now, false, ""
	f.held = arrival{}
	f.facts.Frames, f.facts.FirstFrame, f.facts.SlowSince = 0, time.Time{}, time.Time{}
	f.facts.Interval = expected(smaller(f.target.Rate, r.FPS))
	if f.target.Foreign {
		f.pace.opened(f.facts.Failure != nil && f.facts.Failure.Reason == cameras.ReasonNoFrames)
		f.facts.Pause = f.pace.pause()
	}
}

// session is a stream that is open, over one link after the other: a goroutine
// that reads the link, and the watch over it.
type session struct {
	*Feed
	opened    time.Time
	link      *link
	done      chan error // the reading goroutine ended
	nextProbe time.Time
	next      *next // nil when nothing else is wanted
	nextAfter time.Time
}

// read starts to read a link.
func (s *session) read(l *link) {
	s.link, s.done = l, make(chan error, 1)
	go func(done chan error) { done <- s.pump(l) }(s.done)
}

// watch waits until the stream ends or has to be ended, and for its reader.
func (s *session) watch(ctx context.Context) ending {
	defer s.dropNext()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		s.follow(ctx)
		s.release()
		timer.Reset(s.untilCheck())
		select {
		case err := <-s.done:
			s.link.close()
			end := ending{failure: readFailure(err), session: time.Since(s.opened), frames: s.frames()}
			if ctx.Err() != nil {
				end.failure = nil
			}
			return end
		case l := <-s.successor():
			s.replace(l)
			continue
		case <-ctx.Done():
		case <-s.kick:
		case <-timer.C:
		}
		if refused := s.claim.refusal(); refused != nil && ctx.Err() == nil {
			return s.close(refused)
		}
		if ctx.Err() == nil && s.keep() {
			failure := s.probe(ctx)
			if failure == nil {
				continue
			}
			return s.close(failure)
		}
		return s.close(nil)
	}
}

// close ends the stream from our side.
func (s *session) close(failure *cameras.Failure) ending {
	s.link.close()
	<-s.done //nolint:errcheck // it says only that we closed it
	return ending{failure: failure, frames: s.frames()}
}

func (s *session) frames() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.facts.Frames
}

// untilCheck is how long nothing needs to be looked at.
func (s *session) untilCheck() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := cameras.DoubtAt(s.facts)
	if at.Before(s.nextProbe) {
		at = s.nextProbe
	}
	if unwanted := s.wanted.Add(unwantedAfter); unwanted.Before(at) {
		at = unwanted
	}
	for _, other := range []time.Time{s.turn(), s.releaseAt(), s.relief.next(s.facts, time.Now())} {
		if !other.IsZero() && other.Before(at) {
			at = other
		}
	}
	return max(time.Until(at), time.Millisecond)
}

// keep reports whether the stream is still wanted and leads to the right place.
// While frames arrive neither a new address nor a click is a reason to cut it.
func (s *session) keep() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !s.isWanted(now) || s.cut || s.renew && s.link.target.Foreign {
		return false
	}
	if !s.stalled(now) {
		s.redial = false
		return true
	}
	return !s.redial
}

// stalled reports whether frames stopped.
func (s *current) stalled(now time.Time) bool { return !now.Before(cameras.StallAt(s.facts)) }

// alive asks for a sign of life. Nobody knows how to ask a foreign camera, and it
// may serve only one question at a time.
func (s *session) alive(ctx context.Context) error {
	if s.link.target.Foreign {
		return nil
	}
	return s.cfg.Opener.Alive(ctx, s.link.target.Endpoint)
}

// probe asks a silent stream's agent for a sign of life. It returns why the
// stream has to be closed, nil when it may go on.
func (s *session) probe(ctx context.Context) *cameras.Failure {
	s.mu.Lock()
	now := time.Now()
	before := s.lastPart
	silent := !now.Before(cameras.DoubtAt(s.facts)) && !now.Before(s.nextProbe)
	s.mu.Unlock()
	if !silent {
		return nil
	}
	s.nextProbe = now.Add(probeEvery)
	s.cfg.Doubted()
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	err := s.alive(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch silence := time.Since(s.lastPart); {
	case s.lastPart.After(before):
		return nil
	case err != nil:
		return client.FailureOf(err)
	case silence >= giveUpAfter && s.stalled(time.Now()):
		return &cameras.Failure{Reason: cameras.ReasonNoFrames, Detail: "the stream was silent for " + silence.Round(time.Second).String()}
	default:
		return nil
	}
}

// readFailure says why a stream could not be read on.
func readFailure(err error) *cameras.Failure {
	switch {
	case errors.Is(err, mjpeg.ErrNotStream):
		return &cameras.Failure{Reason: cameras.ReasonBadStream, Detail: err.Error()}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &cameras.Failure{Reason: cameras.ReasonEnded, Detail: err.Error()}
	}
	f := client.FailureOf(err)
	if f == nil {
		return &cameras.Failure{Reason: cameras.ReasonEnded}
	}
	if f.Reason == cameras.ReasonUnreachable {
		f.Reason = cameras.ReasonEnded
	}
	return f
}
