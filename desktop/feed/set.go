package feed

import (
	"context"
	"iter"
	"log/slog"
	"maps"
	"sync"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/tasks"
)

const (
	// beforePage is how long cameras are wanted at most while there is no page to ask
	// for them, and one that a person added until the page does.
	beforePage = 5 * time.Second
	// LookedAway is how long after its last question nobody looks at the page.
	LookedAway = 2 * time.Second
)

// SetConfig is what a [Set] needs.
type SetConfig struct {
	Opener Opener
	Limits Limits
	Spare  Spare        // may be nil
	Tasks  *tasks.Group // runs the feeds
	// Arrived is called with every frame that became a camera's newest; it must not
	// block.
	Arrived func(key string, frame Frame)
	// Doubted is called when there is reason to ask a camera's agent what is wrong,
	// Learned when it is known how a camera asks for a password; see [Config].
	Doubted func(key string)
	Learned func(key string, asks cameras.Challenge)
	Logger  *slog.Logger
}

// Set holds the feeds of all cameras, by their keys. It is safe for concurrent use.
type Set struct {
	cfg   SetConfig
	group *Group
	// Arrived wakes those who wait for a frame of any camera.
	Arrived tasks.Signal

	mu     sync.Mutex
	feeds  map[string]*running // replaced, never changed: All may be ranging over it
	looked time.Time           // last time the page asked for any camera
}

// running is a feed and how to end it.
type running struct {
	*Feed
	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended
}

// NewSet returns an empty Set.
func NewSet(cfg SetConfig) *Set {
	return &Set{cfg: cfg, group: NewGroup(cfg.Limits, cfg.Spare), feeds: map[string]*running{}}
}

// Ensure returns the feed of a camera, which is started if there is none.
func (s *Set) Ensure(c cameras.Camera) *Feed {
	f, _ := s.open(c, nil)
	return f
}

// Continue starts the feed of a camera that has none, with a connection that is open
// already. It reports whether there was none; else the connection is closed.
func (s *Set) Continue(c cameras.Camera, first *Connection) bool {
	target := first.Target()
	f, started := s.open(c, first)
	if !started {
		first.Close()
		return false
	}
	f.SetTarget(target)
	return true
}

// open returns the feed of a camera, and whether it was started by this call.
func (s *Set) open(c cameras.Camera, first *Connection) (f *Feed, started bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.feeds[c.Key]; known != nil {
		return known.Feed, false
	}
	ctx, cancel := context.WithCancel(s.cfg.Tasks.Context())
	r := &running{cancel: cancel, done: make(chan struct{}), Feed: New(Config{
		Key: c.Key, Opener: s.cfg.Opener, Group: s.group, Width: c.Width, Height: c.Height, Logger: s.cfg.Logger,
		Arrived: func(frame Frame) { s.cfg.Arrived(c.Key, frame); s.Arrived.Notify() },
		Doubted: func() { s.cfg.Doubted(c.Key) },
		Learned: func(asks cameras.Challenge) { s.cfg.Learned(c.Key, asks) },
		First:   first,
		Early:   early(first != nil, s.looked),
	})}
	s.feeds = maps.Clone(s.feeds)
	s.feeds[c.Key] = r
	s.cfg.Tasks.Go(func() { defer close(r.done); defer cancel(); r.Run(ctx) })
	return r.Feed, true
}

// early is how long a new feed is wanted before the page asks for its camera.
func early(open bool, looked time.Time) time.Duration {
	switch {
	case open || looked.IsZero():
		return beforePage
	case time.Since(looked) < LookedAway:
		return LookedAway / 2 // it may be for another page than the one that is seen
	default:
		return 0
	}
}

// Drop ends the feed of a camera. It does not wait for that; the channel that it
// returns is closed when the connection is.
func (s *Set) Drop(key string) (ended <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.feeds[key]
	if f == nil {
		none := make(chan struct{})
		close(none)
		return none
	}
	f.cancel()
	s.feeds = maps.Clone(s.feeds)
	delete(s.feeds, key)
	return f.done
}

// Get returns the feed of a camera, nil when it has none.
func (s *Set) Get(key string) *Feed {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.feeds[key]; f != nil {
		return f.Feed
	}
	return nil
}

// All ranges over the feeds that there are now, by the keys of their cameras.
func (s *Set) All() iter.Seq2[string, *Feed] {
	s.mu.Lock()
	feeds := s.feeds
	s.mu.Unlock()
	return func(yield func(string, *Feed) bool) {
		for key, f := range feeds {
			if !yield(key, f.Feed) {
				return
			}
		}
	}
}

// Failing is how many feeds fail and make each other wait.
func (s *Set) Failing() int { return s.group.Failing() }

// Wish is one camera that the page shows.
type Wish struct {
	Key string
	Rendition
}

// Look notes that somebody looks at these cameras now, which keeps their streams
// open. The first look ends the time in which all of them are wanted because there
// was no page to ask.
func (s *Set) Look(wishes []Wish) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.looked.IsZero() {
		for _, f := range s.feeds {
			f.Settle()
		}
	}
	s.looked = time.Now()
	for _, w := range wishes {
		if f := s.feeds[w.Key]; f != nil {
			f.Look(w.Rendition)
		}
	}
}

// Looked returns when somebody looked last, zero for never.
func (s *Set) Looked() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.looked
}
