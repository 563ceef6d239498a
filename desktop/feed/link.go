package feed

import (
	"context"
	"io"
	"sync"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/mjpeg"
)

// link is one open stream and whoever reads its frames.
type link struct {
	target    Target
	auth      *client.Auth
	rendition Rendition // that was asked for
	body      io.Closer
	cancel    context.CancelFunc
	reader    reader
	read      *counter
	first     *mjpeg.Frame // already read, nil when it was not
}

// reader gives the frames of a stream; [mjpeg.Reader] is one.
type reader interface {
	Next() (mjpeg.Frame, error)
	Boundary() string
}

func (l *link) close() {
	l.cancel()
	_ = l.body.Close()
	l.read.end()
}

// connect opens the stream when it is this feed's turn and returns once the
// headers are there. The stream ends with ctx. Without a link and a failure ctx
// ended before.
func (f *Feed) connect(ctx context.Context, target Target, r Rendition) (*link, *cameras.Failure) {
	leave, err := f.cfg.Group.enter(ctx)
	if err != nil {
		return nil, client.FailureOf(err)
	}
	defer leave()
	l, failure := open(ctx, f.cfg.Opener, target, r)
	if failure != nil && f.isPolled(target) {
		leave()
		l, failure = openAgain(ctx, f.cfg.Opener, target, failure)
	}
	if l != nil {
		l.read.tell(f.count, f.claim)
		f.tellFailing(l)
	}
	return l, failure
}

// open opens a stream and returns once the headers are there.
func open(ctx context.Context, opener Opener, target Target, r Rendition) (*link, *cameras.Failure) {
	ctx, cancel := context.WithCancel(ctx)
	from := client.Source{Endpoint: target.Endpoint, Path: r.of(target.Path), Auth: client.NewAuth(target.Asks), Foreign: target.Foreign, Home: target.Home}
	stream, err := opener.Open(ctx, from)
	if err != nil {
		cancel()
		return nil, client.FailureOf(err)
	}
	l := &link{target: target, auth: from.Auth, rendition: r, body: stream.Body, cancel: cancel, read: &counter{}}
	if target.Foreign {
		p := newPoller(ctx, opener, from, stream, l.read)
		l.body, l.reader = p, p
		return l, nil
	}
	if l.reader, err = mjpeg.NewReader(l.read.of(stream.Body), stream.ContentType); err != nil {
		l.close()
		return nil, readFailure(err)
	}
	return l, nil
}

// count notes that n bytes were read.
func (f *Feed) count(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read.add(n, time.Now())
}

// counter counts the bytes that are read of one link after the other.
type counter struct {
	mu      sync.Mutex
	told    func(n int)
	claim   *claim // nil while the link belongs to no Feed
	reading int64  // bytes since the last frame that were claimed
	closed  bool
}

// tell says who wants to know from now on, and who pays for what is read.
func (c *counter) tell(told func(n int), pays *claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told, c.claim = told, pays
}

// add counts n bytes. It returns why no more may be read, else nil.
func (c *counter) add(n int) error {
	c.mu.Lock()
	told := c.told
	var failure *cameras.Failure
	if c.claim != nil && !c.closed {
		c.reading += int64(n)
		failure = c.claim.read(int64(n))
	}
	c.mu.Unlock()
	if told != nil {
		told(n)
	}
	if failure != nil {
		return failure
	}
	return nil
}

// taken returns how many bytes were claimed for the frame that has arrived now.
func (c *counter) taken() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.reading
	c.reading = 0
	return n
}

// end gives back what was read of a frame that never arrives. It may be called
// more than once.
func (c *counter) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.claim != nil {
		_ = c.claim.read(-c.reading) // less is never too much
		c.reading = 0
	}
}

// of returns r with everything that is read of it counted.
func (c *counter) of(r io.Reader) io.Reader { return counted{r, c} }

type counted struct {
	io.Reader
	counter *counter
}

// Read implements [io.Reader].
func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if tooMuch := c.counter.add(n); tooMuch != nil {
		err = tooMuch
	}
	return n, err
}

// firstFrameTimeout is how long a link that is to take over may take.
const firstFrameTimeout = 10 * time.Second

// next is the link that is to take over from the one that gives frames.
type next struct {
	rendition Rendition
	cancel    context.CancelFunc
	ready     chan *link // gets one link with its first frame, or nil
}

// prepare opens a link for another rendition and reads its first frame. The frames go
// on coming from the link that is open until then.
func (f *Feed) prepare(ctx context.Context, target Target, r Rendition) *next {
	ctx, cancel := context.WithCancel(ctx)
	n := &next{rendition: r, cancel: cancel, ready: make(chan *link, 1)}
	go func() {
		l, _ := f.connect(ctx, target, r) // why not is of no interest: it is tried again later
		if l != nil && l.readFirst(ctx, firstFrameTimeout) != nil {
			l = nil
		}
		n.ready <- l
	}()
	return n
}

// readFirst reads the first frame and keeps it, and closes the link when there
// is none in time or ctx ends before.
func (l *link) readFirst(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stop := context.AfterFunc(ctx, l.close)
	frame, err := l.reader.Next()
	if !stop() {
		err = ctx.Err()
	}
	if err != nil {
		l.close()
		return err
	}
	l.first = &frame
	return nil
}

// drop gives up a link that did not take over, and waits until it is closed.
func (n *next) drop() {
	n.cancel()
	if l := <-n.ready; l != nil {
		l.close()
	}
}
