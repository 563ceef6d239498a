package feed

import (
	"context"
	"io"
	"time"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
	"pigrid/shared/mjpeg"
)

// link is one open stream and whoever reads its frames.
type link struct {
	target Target
	rate   float64 // frames per second that were asked for, 0 for all
	body   io.Closer
	cancel context.CancelFunc
	reader *mjpeg.Reader
	first  *mjpeg.Frame // already read, nil when it was not
}

func (l *link) close() {
	l.cancel()
	_ = l.body.Close()
}

// connect opens the stream when it is this feed's turn and returns once the
// headers are there. The stream ends with ctx. Without a link and a failure ctx
// ended before.
func (f *Feed) connect(ctx context.Context, target Target, rate float64) (*link, *cameras.Failure) {
	leave, err := f.cfg.Group.enter(ctx)
	if err != nil {
		return nil, agents.FailureOf(err)
	}
	defer leave()
	ctx, cancel := context.WithCancel(ctx)
	stream, err := f.cfg.Opener.Open(ctx, target.Addr, withRate(target.Path, rate))
	if err != nil {
		cancel()
		return nil, agents.FailureOf(err)
	}
	l := &link{target: target, rate: rate, body: stream.Body, cancel: cancel}
	if l.reader, err = mjpeg.NewReader(counted{stream.Body, f}, stream.ContentType); err != nil {
		l.close()
		return nil, readFailure(err)
	}
	return l, nil
}

// counted counts the bytes that are read.
type counted struct {
	io.Reader
	feed *Feed
}

// Read implements [io.Reader].
func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.feed.mu.Lock()
	defer c.feed.mu.Unlock()
	c.feed.read.add(n, time.Now())
	return n, err
}

// firstFrameTimeout is how long a link that is to take over may take.
const firstFrameTimeout = 10 * time.Second

// next is the link that is to take over from the one that gives frames.
type next struct {
	rate   float64
	cancel context.CancelFunc
	ready  chan *link // gets one link with its first frame, or nil
}

// prepare opens a link at another rate and reads its first frame. The frames go
// on coming from the link that is open until then.
func (f *Feed) prepare(ctx context.Context, target Target, rate float64) *next {
	ctx, cancel := context.WithCancel(ctx)
	n := &next{rate: rate, cancel: cancel, ready: make(chan *link, 1)}
	go func() {
		l, _ := f.connect(ctx, target, rate) // why not is of no interest: it is tried again later
		n.ready <- l.withFirst(ctx)
	}()
	return n
}

// withFirst reads the first frame. It returns nil, and closes the link, when
// there is none in time or ctx ends before.
func (l *link) withFirst(ctx context.Context) *link {
	if l == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, firstFrameTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, l.close)
	frame, err := l.reader.Next()
	if !stop() || err != nil {
		l.close()
		return nil
	}
	l.first = &frame
	return l
}

// drop gives up a link that did not take over, and waits until it is closed.
func (n *next) drop() {
	n.cancel()
	if l := <-n.ready; l != nil {
		l.close()
	}
}
