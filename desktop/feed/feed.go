package feed

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
)

const (
	// unwantedAfter is how long a stream outlives the last look at it.
	unwantedAfter = 2 * time.Second
	// firstWant is how long a new Feed counts as wanted before the page can ask.
	firstWant = 5 * time.Second
	// dropAfter is how long the newest frame of a camera nobody looks at is kept.
	dropAfter = time.Minute
	// dialSpread is over how long first dials are spread.
	dialSpread = 100 * time.Millisecond
)

// Opener opens streams; [agents.Client] is the real one.
type Opener interface {
	Open(ctx context.Context, addr, path string) (*agents.Stream, error)
	Alive(ctx context.Context, addr string) error
}

// Target is where a camera's stream is.
type Target struct {
	Addr string  // host:port that answered last
	Path string  // absolute
	Rate float64 // frames per second to expect, 0 when unknown
}

// Config is what a Feed needs.
type Config struct {
	Key    string
	Opener Opener
	Group  *Group
	// Width and Height are the size of the last picture that was ever seen.
	Width, Height int
	// Arrived is called after every new frame, Doubted when there is reason to
	// ask the agent what is wrong: the stream failed, fell silent or began to
	// carry placeholders. Both run on the Feed's goroutines and must not block.
	Arrived func()
	Doubted func()
	Logger  *slog.Logger
}

// Feed is one camera's connection. All methods are safe for concurrent use.
type Feed struct {
	cfg  Config
	kick chan struct{} // something below changed

	mu     sync.Mutex
	target Target
	wanted time.Time // last time somebody looked
	redial bool      // dial at once, whatever the back-off says
	facts  cameras.Stream
	meter  meter
	sizer  sizer
	frame  Frame

	lastPart    time.Time // newest frame or placeholder of this connection
	placeholder bool      // it was a placeholder
}

// New makes a Feed that connects once Run is called and a target is set. It
// counts as wanted for the first few seconds.
func New(cfg Config) *Feed {
	now := time.Now()
	f := &Feed{cfg: cfg, kick: make(chan struct{}, 1), wanted: now.Add(firstWant - unwantedAfter)}
	f.sizer.width, f.sizer.height = cfg.Width, cfg.Height
	f.facts.PhaseSince, f.facts.WantedSince = now, now
	return f
}

// Want notes that somebody looks at the camera now.
func (f *Feed) Want() {
	f.mu.Lock()
	now := time.Now()
	was := f.isWanted(now)
	if now.After(f.wanted) {
		f.wanted = now
	}
	if !was {
		f.facts.WantedSince = now
	}
	f.mu.Unlock()
	if !was {
		f.wake()
	}
}

// Retry dials now, unless frames arrive.
func (f *Feed) Retry() {
	f.mu.Lock()
	f.redial = true
	f.mu.Unlock()
	f.wake()
}

// SetTarget says where the stream is. Another address or path is dialled at
// once, unless the old one gives frames.
func (f *Feed) SetTarget(t Target) {
	f.mu.Lock()
	moved := t.Addr != f.target.Addr || t.Path != f.target.Path
	f.target = t
	f.redial = f.redial || moved
	f.mu.Unlock()
	if moved {
		f.wake()
	}
}

func (f *Feed) wake() {
	select {
	case f.kick <- struct{}{}:
	default:
	}
}

// Frame returns the newest frame; its Seq is 0 before the first one, and its
// JPEG is empty when nobody looked for a long time.
func (f *Feed) Frame() Frame {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.frame
}

// Facts returns what is known from the connection.
func (f *Feed) Facts() cameras.Stream {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	s := f.facts
	s.Wanted = f.isWanted(now)
	s.Width, s.Height = f.sizer.width, f.sizer.height
	if s.Phase == cameras.Open {
		s.FPS = rate(s.Interval, now.Sub(s.LastFrame))
	}
	return s
}

func (f *Feed) isWanted(now time.Time) bool { return now.Sub(f.wanted) < unwantedAfter }

// Run connects and reconnects until ctx ends.
func (f *Feed) Run(ctx context.Context) {
	defer f.dropPicture()
	defer f.succeeded()
	failures := 0
	for first := true; ; first = false {
		if !f.idle(ctx) {
			return
		}
		if first && !pause(ctx, time.Duration(rand.Float64()*float64(dialSpread))) {
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
		ready := f.isWanted(now) && f.target.Addr != ""
		if !ready && f.facts.Phase != cameras.Closed {
			f.phase(cameras.Closed, now)
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
	f.frame.JPEG = nil
}

// backOff waits until the next attempt is due, or until nobody wants it.
func (f *Feed) backOff(ctx context.Context, failures int, end ending) bool {
	f.failed(end)
	delay := agents.Delay(agents.Wait{
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

// phase notes where the connection is; f.mu is held.
func (f *Feed) phase(p cameras.Phase, now time.Time) {
	f.facts.Phase, f.facts.PhaseSince, f.facts.RetryAt = p, now, time.Time{}
}

// failed notes why the last attempt or connection ended.
func (f *Feed) failed(end ending) {
	f.mu.Lock()
	first := f.facts.Failure == nil
	f.facts.Failure = end.failure
	if first {
		f.facts.FailedSince = time.Now()
	}
	f.mu.Unlock()
	if first {
		f.cfg.Group.failing.Add(1)
		f.cfg.Logger.Warn("stream failed", "camera", f.cfg.Key, "reason", end.failure.Reason, "detail", end.failure.Detail)
	}
}

// succeeded forgets earlier failures.
func (f *Feed) succeeded() {
	f.mu.Lock()
	had := f.facts.Failure != nil
	f.facts.Failure, f.facts.FailedSince = nil, time.Time{}
	f.mu.Unlock()
	if had {
		f.cfg.Group.failing.Add(-1)
	}
}
