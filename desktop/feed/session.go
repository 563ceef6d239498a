package feed

import (
	"context"
	"errors"
	"io"
	"time"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
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
	target := f.dialling()
	stream, err := f.open(ctx, target)
	if err != nil {
		return ending{failure: agents.FailureOf(err)}
	}
	reader, err := mjpeg.NewReader(stream.Body, stream.ContentType)
	if err != nil {
		_ = stream.Body.Close()
		return ending{failure: readFailure(err)}
	}
	f.opened()
	s := session{Feed: f, target: target, opened: time.Now(), body: stream.Body, done: make(chan error, 1)}
	go func() { s.done <- f.pump(reader) }()
	return s.watch(ctx)
}

// dialling notes that an attempt begins and returns where to.
func (f *Feed) dialling() Target {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.redial = false
	f.phase(cameras.Dialling, time.Now())
	return f.target
}

// open dials when it is this feed's turn.
func (f *Feed) open(ctx context.Context, target Target) (*agents.Stream, error) {
	leave, err := f.cfg.Group.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return f.cfg.Opener.Open(ctx, target.Addr, target.Path)
}

// opened notes that the response headers are there.
func (f *Feed) opened() {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.phase(cameras.Open, now)
	f.meter, f.lastPart, f.placeholder = meter{}, now, false
	f.facts.Frames, f.facts.FirstFrame, f.facts.SlowSince = 0, time.Time{}, time.Time{}
	f.facts.Interval = expected(f.target.Rate)
}

// session is one open stream: a goroutine that reads it, and the watch over it.
type session struct {
	*Feed
	target    Target
	opened    time.Time
	body      io.Closer
	done      chan error // the reading goroutine ended
	nextProbe time.Time
}

// watch waits until the stream ends or has to be ended, and for its reader.
func (s *session) watch(ctx context.Context) ending {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(s.untilCheck())
		select {
		case err := <-s.done:
			_ = s.body.Close()
			end := ending{failure: readFailure(err), session: time.Since(s.opened), frames: s.frames()}
			if ctx.Err() != nil {
				end.failure = nil
			}
			return end
		case <-ctx.Done():
		case <-s.kick:
		case <-timer.C:
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
	_ = s.body.Close()
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
	at := cameras.StallAt(s.facts)
	if at.Before(s.nextProbe) {
		at = s.nextProbe
	}
	if unwanted := s.wanted.Add(unwantedAfter); unwanted.Before(at) {
		at = unwanted
	}
	return max(time.Until(at), time.Millisecond)
}

// keep reports whether the stream is still wanted and leads to the right place.
// While frames arrive neither a new address nor a click is a reason to cut it.
func (s *session) keep() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !s.isWanted(now) {
		return false
	}
	if !s.stalled(now) {
		s.redial = false
		return true
	}
	return !s.redial
}

// stalled reports whether frames stopped; mu is held.
func (s *session) stalled(now time.Time) bool { return !now.Before(cameras.StallAt(s.facts)) }

// probe asks a silent stream's agent for a sign of life. It returns why the
// stream has to be closed, nil when it may go on.
func (s *session) probe(ctx context.Context) *cameras.Failure {
	s.mu.Lock()
	now := time.Now()
	before := s.lastPart
	silent := s.stalled(now) && !now.Before(s.nextProbe)
	s.mu.Unlock()
	if !silent {
		return nil
	}
	s.nextProbe = now.Add(probeEvery)
	s.cfg.Doubted()
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	err := s.cfg.Opener.Alive(ctx, s.target.Addr)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch silence := time.Since(s.lastPart); {
	case s.lastPart.After(before):
		return nil
	case err != nil:
		return agents.FailureOf(err)
	case silence >= giveUpAfter && s.stalled(now):
		return &cameras.Failure{Reason: cameras.ReasonNoFrames, Detail: "the stream was silent for " + silence.Round(time.Second).String()}
	default:
		return nil
	}
}

// pump reads frames until the stream ends.
func (f *Feed) pump(reader *mjpeg.Reader) error {
	for {
		frame, err := reader.Next()
		if err != nil {
			return err
		}
		f.arrive(frame)
	}
}

// arrive makes a frame the newest one. A placeholder is a picture to show but
// no proof that the camera lives.
func (f *Feed) arrive(frame mjpeg.Frame) {
	now := time.Now()
	f.mu.Lock()
	f.frame = Frame{Seq: f.frame.Seq + 1, JPEG: frame.JPEG, At: now}
	f.lastPart = now
	f.sizer.look(frame.JPEG, now)
	doubt := frame.Placeholder && !f.placeholder
	f.placeholder = frame.Placeholder
	if !frame.Placeholder {
		f.count(now)
	}
	first := f.facts.Frames == 1 && !frame.Placeholder
	f.mu.Unlock()
	if first {
		f.succeeded()
	}
	if doubt {
		f.cfg.Doubted()
	}
	f.cfg.Arrived()
}

// count takes a real frame into the numbers; mu is held.
func (f *Feed) count(now time.Time) {
	f.meter.add(now)
	f.facts.LastFrame = now
	if f.facts.Frames++; f.facts.Frames == 1 {
		f.facts.FirstFrame = now
	}
	interval := f.meter.interval()
	if interval > 0 {
		f.facts.Interval = interval
	}
	slow := f.target.Rate > 0 && interval > 0 && rate(interval, 0) < f.target.Rate/2
	switch {
	case !slow:
		f.facts.SlowSince = time.Time{}
	case f.facts.SlowSince.IsZero():
		f.facts.SlowSince = now
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
	f := agents.FailureOf(err)
	if f == nil {
		return &cameras.Failure{Reason: cameras.ReasonEnded}
	}
	if f.Reason == cameras.ReasonUnreachable {
		f.Reason = cameras.ReasonEnded
	}
	return f
}
