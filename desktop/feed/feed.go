package feed

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/endpoint"
)

const (
	// unwantedAfter is how long a stream outlives the last look at it: the page
	// looks at least twice a second, and 2 s after the last look nothing must flow.
	unwantedAfter = 1600 * time.Millisecond
	// dropAfter is how long the newest frame of a camera nobody looks at is kept.
	dropAfter = time.Minute
)

// Opener opens streams; [client.Client] is the real one.
type Opener interface {
	Open(ctx context.Context, from client.Source) (*client.Stream, error)
	Alive(ctx context.Context, at endpoint.Endpoint) error
}

// Target is where a camera's stream is.
type Target struct {
	endpoint.Endpoint         // that answered last
	Path              string  // absolute
	Rate              float64 // frames per second to expect, 0 when unknown
	// Width and Height are the size of its pictures as its agent says, 0 when unknown.
	Width, Height int
	// Foreign says that no agent is there: the stream comes at one rate, and
	// there is nobody to ask for a sign of life. Such a camera may serve a single
	// viewer, so there is never a second connection beside the first.
	Foreign bool
	// Asks is how it is known to ask for that; it is told nothing when it asks
	// otherwise.
	Asks cameras.Challenge
	// Home is the network on which a password that stands in its address may be
	// told, see [client.Source].
	Home string
}

// Config is what a Feed needs.
type Config struct {
	Key    string
	Opener Opener
	Group  *Group
	// Width and Height are the size of the last picture that was ever seen.
	Width, Height int
	// Arrived is called with every frame that became the newest, Doubted when there is
	// reason to ask the agent what is wrong: the stream failed, fell silent or began to
	// carry placeholders. Both run on the Feed's goroutines and must not block.
	Arrived func(Frame)
	Doubted func()
	// Learned is called, on the Feed's goroutine, when a camera that has a Login has
	// given its first picture and it was not known how it asks.
	Learned func(cameras.Challenge)
	Logger  *slog.Logger
	// First is a connection that is open already, nil when there is none.
	First *Connection
	// Early is how long the Feed counts as wanted before somebody looks.
	Early time.Duration
}

// Feed is one camera's connection. All methods are safe for concurrent use.
type Feed struct {
	cfg  Config
	kick chan struct{} // something below changed

	shrinking sync.WaitGroup

	mu sync.Mutex
	current
}

// current is what is known of a connection; whoever has it locks its Feed.
type current struct {
	target Target
	wanted time.Time // last time somebody looked, or wanted it
	looked time.Time // last time a page showed it
	heldAt time.Time // last time a page kept its picture as it was
	served time.Time // when the frame arrived that a page loaded last
	wish   wish      // how it is wanted
	redial bool      // dial at once, whatever the back-off says
	// leaveDial ends a dial that is under way; nil when there is none.
	leaveDial func()
	cut       bool // the open stream ends, even when frames arrive
	renew     bool // the open connection may be dead without a word
	facts     cameras.Stream
	group     *Group
	counts    bool // among those that fail
	meter     meter
	pace      pace
	read      throughput
	frame     Frame
	claim     *claim
	sizes     sizes
	relief    relief
	shrink    shrink

	rendition   Rendition     // asked for on this connection, or on the last one
	began       bool          // there was a connection
	stamp       string        // when the newest frame was taken, as the agent says; empty when it does not
	due         time.Time     // when the next frame of a foreign camera is worth showing
	spacing     time.Duration // between two frames that were due, of late
	clock       agentClock    // compared with this computer's
	held        arrival       // newer than the newest that was shown, too soon behind it; without JPEG for none
	polled      bool          // the foreign camera gives single pictures
	lastPart    time.Time     // newest frame or placeholder of this connection
	placeholder bool          // it was a placeholder
}

// New makes a Feed that connects once Run is called, a target is set and it is
// wanted.
func New(cfg Config) *Feed {
	now := time.Now()
	f := &Feed{cfg: cfg, kick: make(chan struct{}, 1)}
	f.group, f.wanted = cfg.Group, now.Add(cfg.Early-unwantedAfter)
	f.sizes.tell(size{cfg.Width, cfg.Height})
	f.wish.last = grid()
	f.claim = cfg.Group.budget.claim(f.giveUp, f.reconsider)
	f.facts.PhaseSince, f.facts.WantedSince = now, now
	return f
}

// Want notes that the camera is wanted now, and how its pictures are.
func (f *Feed) Want(r Rendition) {
	f.mu.Lock()
	now := time.Now()
	was, before := f.isWanted(now), f.asked(now)
	sooner := f.wanted.After(now) // from now on there is a page that tells
	f.wanted = now
	if !f.wish.at(now).asOften(r) {
		f.due = time.Time{} // what was too much for the wish before is not for this one
	}
	f.wish.note(r, now)
	f.regrow(now)
	if !was {
		f.facts.WantedSince = now
	}
	changed := !was || sooner || f.asked(now) != before
	again := int64(0)
	if !was && len(f.frame.JPEG) > 0 {
		again = f.sizes.pixels
	}
	f.mu.Unlock()
	if again > 0 {
		_ = f.claim.show(again) // when that is too much, some feed gives its picture up
	}
	if changed {
		f.wake()
	}
}

// Look notes that a page shows the camera now.
func (f *Feed) Look(r Rendition) {
	f.mu.Lock()
	f.looked = time.Now()
	f.mu.Unlock()
	f.Want(r)
}

// Hold notes that a page keeps showing the frame that it loaded last, and returns when
// that arrived: zero when it loaded none. It does not make the camera wanted.
func (f *Feed) Hold() (at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heldAt = time.Now()
	return f.served
}

// Whole asks for pictures as large as the camera gives them, as long as a look lasts.
func (f *Feed) Whole() {
	f.mu.Lock()
	r := f.wish.at(time.Now())
	f.mu.Unlock()
	r.Width = 0
	f.Want(r)
}

// Settle ends the time in which it counts as wanted though nobody looked.
func (f *Feed) Settle() {
	f.mu.Lock()
	now := time.Now()
	early := f.wanted.After(now)
	if early {
		f.wanted = now
	}
	f.mu.Unlock()
	if early {
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

// Renew dials now, also when frames arrived a moment ago: the machine slept or
// the network changed, and the connection may be dead without anybody saying so.
// If it lives, it gives frames until the new one does.
func (f *Feed) Renew() {
	f.mu.Lock()
	f.redial, f.renew = true, true
	f.mu.Unlock()
	f.wake()
}

// Reopen ends the stream that is open, if any, and dials now: its agent ends it, too.
func (f *Feed) Reopen() {
	f.mu.Lock()
	f.redial, f.cut = true, true
	f.mu.Unlock()
	f.wake()
}

// SetTarget says where the stream is. Another address or path is dialled at
// once, unless the old one gives frames. A stream that was opened in a way that is no
// longer right ends at once: without encryption, with another public key, or with a
// bearer when there is none any more.
func (f *Feed) SetTarget(t Target) {
	f.mu.Lock()
	old := f.target
	moved := !t.SameServer(old.Endpoint) || t.Path != old.Path
	f.cut = f.cut || old.Addr != "" && (t.Scheme != old.Scheme || t.Pin != old.Pin)
	resized := t.Width != old.Width || t.Height != old.Height
	if resized {
		f.sizes.tell(size{t.Width, t.Height})
	}
	f.target = t
	f.redial = f.redial || moved
	if moved && f.leaveDial != nil {
		f.leaveDial() // nobody may be there any more
	}
	f.mu.Unlock()
	if moved || resized {
		f.wake()
	}
}

// Settled notes on which network the camera gives pictures; its password may be told
// there. The first one counts.
func (f *Feed) Settled(network string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.target.Home == "" {
		f.target.Home = network
	}
}

// Target returns where the stream is.
func (f *Feed) Target() Target {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.target
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

// Served notes that a page loads this frame, and shows it.
func (f *Feed) Served(frame Frame) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.served = frame.At
}

// Facts returns what is known from the connection.
func (f *Feed) Facts() cameras.Stream {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	s := f.facts
	s.Wanted, s.Looked = f.isWanted(now), now.Sub(f.looked) < unwantedAfter
	s.Held = now.Sub(f.heldAt) < unwantedAfter
	s.Width, s.Height = f.sizes.full.width, f.sizes.full.height
	s.BytesPerSecond = f.read.rate(now)
	if s.Phase == cameras.Open {
		s.FPS = rate(s.Interval, now.Sub(s.LastFrame))
	}
	return s
}

func (s *current) isWanted(now time.Time) bool { return now.Sub(s.wanted) < unwantedAfter }
