package feed

import (
	"context"
	"fmt"
	"io"
	"mime"
	"sync"
	"time"

	"pigrid/desktop/agents"
	"pigrid/shared/mjpeg"
)

// pollEvery is how often a camera that gives single pictures is asked for one.
const pollEvery = time.Second

// isPicture reports whether an answer is a single JPEG. "image/jpg" does not
// exist and is out there.
func isPicture(contentType string) bool {
	media, _, _ := mime.ParseMediaType(contentType)
	return media == "image/jpeg" || media == "image/jpg"
}

// poller makes a stream of a camera that gives one picture for each question.
type poller struct {
	ctx    context.Context //nolint:containedctx // its life is that of the link that reads it
	opener Opener
	from   agents.Source
	read   *counter

	mu     sync.Mutex
	body   io.ReadCloser // of the answer that is read now
	next   time.Time     // when to ask again
	closed bool
}

func newPoller(ctx context.Context, opener Opener, from agents.Source, first io.ReadCloser, read *counter) *poller {
	return &poller{ctx: ctx, opener: opener, from: from, read: read, body: first}
}

// Next implements [reader].
func (p *poller) Next() (mjpeg.Frame, error) {
	body, err := p.answer()
	if err != nil {
		return mjpeg.Frame{}, err
	}
	defer body.Close()
	jpeg, _, err := mjpeg.NewScanner(io.LimitReader(p.read.of(body), mjpeg.MaxFrame), time.Now).Next()
	if err != nil {
		return mjpeg.Frame{}, err
	}
	return mjpeg.Frame{JPEG: jpeg}, nil
}

// answer returns the answer that is open, or asks for another one when it is time.
func (p *poller) answer() (io.ReadCloser, error) {
	p.mu.Lock()
	first, due := p.next.IsZero(), time.Until(p.next)
	p.mu.Unlock()
	if first {
		return p.keep(p.body)
	}
	if !pause(p.ctx, due) {
		return nil, p.ctx.Err()
	}
	stream, err := p.opener.Open(p.ctx, p.from)
	if err != nil {
		return nil, err
	}
	if !isPicture(stream.ContentType) {
		_ = stream.Body.Close()
		return nil, fmt.Errorf("%w: the answer has the type %.80q", mjpeg.ErrNotStream, stream.ContentType)
	}
	return p.keep(stream.Body)
}

// keep notes which answer Close has to end.
func (p *poller) keep(body io.ReadCloser) (io.ReadCloser, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = body.Close()
		return nil, io.ErrClosedPipe
	}
	p.body, p.next = body, time.Now().Add(pollEvery)
	return body, nil
}

// Close implements [io.Closer].
func (p *poller) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	return p.body.Close()
}
