package feed

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/mjpeg"
)

const (
	// pollEvery is how often a camera that gives single pictures is asked for one.
	pollEvery = time.Second
	// askAgain is after how long it is asked again when it gave none; each time in
	// a row twice as long, up to pollEvery.
	askAgain = 300 * time.Millisecond
	// answerTimeout is how long a single picture may take.
	answerTimeout = 5 * time.Second
	// shortAnswer is how long an answer lasts at most that is one of many, and no
	// stream that broke off.
	shortAnswer = 2 * time.Second
	// fewFailures in a row are nothing to speak of, nor are more of them within
	// patience of the last picture.
	fewFailures = 3
	patience    = 5 * time.Second
)

// poller makes one stream of what a camera without an agent answers. Most answers
// are streams and go on for ever. Who gives single pictures is asked again and
// again; its answers may fail now and then.
type poller struct {
	ctx    context.Context //nolint:containedctx // its life is that of the link that reads it
	opener Opener
	from   client.Source
	read   *counter

	mu     sync.Mutex
	body   io.Closer // of the answer that is read now
	closed bool

	// Only Next knows these.
	answer *answer
	next   time.Time // when to ask again
	polled bool      // it gives single pictures
	failed int       // answers in a row that gave none
	known  bool      // that it fails: nobody waits for another answer before the first picture
	good   time.Time // when the last picture came
}

// answer is what came of one question.
type answer struct {
	*mjpeg.Body
	asked  time.Time
	single bool // the label promises one picture
	frames int
}

func newPoller(ctx context.Context, opener Opener, from client.Source, first *client.Stream, read *counter) *poller {
	p := &poller{ctx: ctx, opener: opener, from: from, read: read}
	p.take(first, time.Now())
	return p
}

// Boundary is what the label of the answer says.
func (p *poller) Boundary() string {
	if p.answer == nil {
		return ""
	}
	return p.answer.Boundary()
}

// Next implements [reader].
func (p *poller) Next() (mjpeg.Frame, error) {
	for {
		frame, err := p.once()
		switch {
		case err == nil:
			p.failed, p.good = 0, time.Now()
			return frame, nil
		case p.ctx.Err() != nil:
			return mjpeg.Frame{}, p.ctx.Err()
		case !p.goesOn(err):
			return mjpeg.Frame{}, err
		}
	}
}

// once reads a frame of the answer that is open, or of another one when it is time.
func (p *poller) once() (mjpeg.Frame, error) {
	if p.answer == nil {
		if !pause(p.ctx, time.Until(p.next)) {
			return mjpeg.Frame{}, p.ctx.Err()
		}
		asked := time.Now()
		p.next = asked.Add(pollEvery)
		stream, err := p.opener.Open(p.ctx, p.from)
		if err != nil {
			return mjpeg.Frame{}, err
		}
		if !p.take(stream, asked) {
			return mjpeg.Frame{}, io.ErrClosedPipe
		}
	}
	frame, err := p.frame()
	if err == nil {
		p.answer.frames++
	}
	return frame, err
}

// frame reads the next frame of the answer. A single picture has its time, and so
// has what may follow it.
func (p *poller) frame() (mjpeg.Frame, error) {
	limit := time.Duration(0)
	switch a := p.answer; {
	case a.single && a.frames > 0:
		limit = pollEvery
	case a.single || p.polled && a.frames == 0:
		limit = answerTimeout
	}
	if limit == 0 {
		return p.answer.Next()
	}
	tooLate := time.AfterFunc(limit, p.closeBody)
	frame, err := p.answer.Next()
	if !tooLate.Stop() && err != nil {
		err = context.DeadlineExceeded
	}
	return frame, err
}

// goesOn reports whether the camera is to be asked again after an answer ended
// with err, and sets when.
func (p *poller) goesOn(err error) bool {
	a := p.answer
	p.closeBody()
	p.answer = nil
	if a != nil && a.frames > 0 {
		// More than one picture within a moment is a stream that broke off only when it
		// had been one for longer.
		p.polled = p.polled || a.frames == 1 || time.Since(a.asked) < shortAnswer
		return p.polled
	}
	p.failed++
	wait, passing := passes(err)
	p.next = time.Now().Add(max(wait, soon(p.failed)))
	switch {
	case !passing:
		return false
	case p.good.IsZero(): // a camera may have nothing to give at first
		return a != nil && !p.known && p.failed < fewFailures && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF))
	default:
		return p.failed < fewFailures || time.Since(p.good) < patience
	}
}

// soon is how long to wait after so many answers in a row without a picture.
func soon(failed int) time.Duration { return min(askAgain<<min(failed-1, 8), pollEvery) }

// passes reports whether what an answer ended with may be over a moment later, and
// how long the camera wants to be left alone: one that is busy now and then says
// so in many ways.
func passes(err error) (wait time.Duration, ok bool) {
	f := client.FailureOf(err)
	if f == nil {
		return 0, false
	}
	switch f.Reason {
	case cameras.ReasonUnauthorized, cameras.ReasonForbidden, cameras.ReasonWrongHost, cameras.ReasonNotLocal:
		return 0, false
	default:
		return f.RetryAfter, f.RetryAfter < patience
	}
}

// openAgain is for a camera that may give single pictures, after an attempt that
// came to nothing: it is asked as it would be were it asked all the time.
func openAgain(ctx context.Context, opener Opener, target Target, failure *cameras.Failure) (*link, *cameras.Failure) {
	for failed := 1; failed < fewFailures && failure != nil; failed++ {
		wait, passing := passes(failure)
		if !passing || !pause(ctx, max(wait, soon(failed))) {
			break
		}
		var l *link
		if l, failure = open(ctx, opener, target, Rendition{}); l != nil {
			return l, nil
		}
	}
	return nil, failure
}

// isPolled reports whether the last connection gave single pictures, and nothing
// has failed since.
func (f *Feed) isPolled(target Target) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return target.Foreign && f.polled && f.facts.Failure == nil
}

// tellFailing tells a link that is to be read whether its camera fails already.
func (f *Feed) tellFailing(l *link) {
	if p, ok := l.reader.(*poller); ok {
		f.mu.Lock()
		defer f.mu.Unlock()
		p.known = f.facts.Failure != nil
	}
}

// notePolled keeps what was found out about the camera for the next connection.
func (f *Feed) notePolled(l *link) {
	if p, ok := l.reader.(*poller); ok {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.polled = p.polled
	}
}

// take makes a stream the answer that is read; false when there is nobody left to
// read it.
func (p *poller) take(s *client.Stream, asked time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = s.Body.Close()
		return false
	}
	p.body, p.next = s.Body, asked.Add(pollEvery)
	p.answer = &answer{
		Body: mjpeg.NewBody(p.read.of(s.Body), s.ContentType), asked: asked, single: mjpeg.IsPicture(s.ContentType),
	}
	return true
}

func (p *poller) closeBody() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.body != nil {
		_ = p.body.Close()
	}
}

// Close implements [io.Closer].
func (p *poller) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.closeBody()
	return nil
}
