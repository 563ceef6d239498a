package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
	"pigrid/desktop/settings"
	"pigrid/shared/dnssd"
)

// beforePage is how long cameras are wanted at most while there is no page to ask
// for them, and one that a person added until the page does.
const beforePage = 5 * time.Second

// Client reaches agents; [agents.Client] is the real one.
type Client interface {
	feed.Opener
	Find(ctx context.Context, id string, addresses []string) (agents.Found, error)
}

// Searcher looks for agents on the network while its Run runs.
type Searcher interface {
	Run(ctx context.Context) error
	Refresh()
	Status() (running bool, interfaces []string, problem string)
}

// Config is what an [Engine] needs.
type Config struct {
	Version  string
	Client   Client
	Settings *settings.Store
	// Sweeper asks every address of the network when a person wants it; nil means
	// that nobody can.
	Sweeper *agents.Sweeper
	// Search makes the Searcher that reports sightings; nil means no search.
	Search  func(sighted func(dnssd.Sighting)) Searcher
	Secrets Secrets // nil: credentials are not kept
	Notice  string  // one sentence for the page about the app itself
	// Links tells which addresses are on a link of this computer; nil: all are.
	Links  *agents.Links
	Memory uint64 // of this machine in bytes, 0 when unknown
	Logger *slog.Logger
}

// Engine owns every goroutine and connection of the app: one watch per agent,
// one feed per camera, the search, and two loops that publish the state and save
// the settings.
type Engine struct {
	cfg      Config
	registry *cameras.Registry
	group    *feed.Group
	search   Searcher
	arrived  *notifier
	board    *board
	clock    func() time.Time // tells when the machine slept

	ctx    context.Context // of everything below, ended by Stop
	cancel context.CancelFunc
	wg     sync.WaitGroup

	loading chan struct{} // has one while the page loads a large picture
	adding  sync.Mutex    // held while a typed address is tried

	mu        sync.Mutex
	started   bool
	agents    map[string]*agent    // by id
	feeds     map[string]*running  // by camera key
	dismissed map[string]time.Time // agents and cameras a person sent away while they answered -> last seen
	turned    map[string]time.Time // agents only heard of that lost their place -> when
	sweep     Search               // the last search of whole networks
	stopSweep context.CancelFunc   // ends it
	lost      []lost               // whom nobody got through to at the last look, and who is back and was not told of yet
	scouted   time.Time            // last time one of them was asked out of turn
	scoutedID string               // which
	recovered time.Time            // last time they were asked because one answered
	looked    time.Time            // last time the page asked for any camera
	stopTry   context.CancelFunc   // ends what is tried of a typed address
	crowded   time.Time            // last time a found agent had no place

	interfaces []string  // this computer's, at the last look
	arrivedAt  time.Time // since when it has these

	// changing has the secrets that are being changed, by camera key; a channel is
	// closed when the last change so far has ended.
	changing map[string]chan struct{}
}

// running is a feed and how to end it.
type running struct {
	*feed.Feed
	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended
	told   bool          // a person typed credentials; those that were kept are older
}

// New makes an Engine that knows the remembered cameras and does nothing yet.
func New(cfg Config) *Engine {
	e := &Engine{
		cfg: cfg, group: feed.NewGroup(feed.LimitsFor(cfg.Memory)), arrived: newNotifier(), board: newBoard(time.Now()), clock: time.Now,
		registry:  cameras.NewRegistry(remembered(cfg.Settings.Get())...),
		agents:    map[string]*agent{},
		feeds:     map[string]*running{},
		loading:   make(chan struct{}, 1),
		changing:  map[string]chan struct{}{},
		dismissed: map[string]time.Time{},
		turned:    map[string]time.Time{},
	}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	if cfg.Search != nil {
		e.search = cfg.Search(e.sighted)
	}
	e.board.post(e.State)
	return e
}

// Start dials the remembered cameras, searches for others and publishes the state
// whenever it changed. It does nothing after Stop.
func (e *Engine) Start() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.started || e.ctx.Err() != nil {
		return
	}
	e.started = true
	for _, c := range e.registry.List() {
		if c.URL != "" {
			e.startForeign(c)
			continue
		}
		e.ensureFeed(c)
		e.ensureAgent(c.Agent, c.Addresses)
		e.keep(c.Agent, c.Addresses) // those that answered or were typed are first
	}
	if e.search != nil {
		e.goDo(func() {
			if err := e.search.Run(e.ctx); err != nil && e.ctx.Err() == nil {
				e.cfg.Logger.Error("the search for agents ended", "error", err)
			}
		})
	}
	e.goDo(e.publish)
	e.goDo(e.remember)
}

// Stop ends everything and waits for it, at most for the given time. It reports
// whether everything ended.
func (e *Engine) Stop(limit time.Duration) bool {
	e.mu.Lock()
	e.cancel()
	e.mu.Unlock()
	done := make(chan struct{})
	go func() {
		e.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-time.After(limit):
		e.cfg.Logger.Error("not everything ended in time", "limit", limit)
		return false
	}
}

// goDo runs a function that Stop waits for; e.mu is held, so that none is
// started after Stop.
func (e *Engine) goDo(do func()) {
	if e.ctx.Err() == nil {
		e.wg.Go(do)
	}
}

// ensureFeed starts the feed of a camera that has none; e.mu is held.
func (e *Engine) ensureFeed(c cameras.Camera) *running {
	if f := e.feeds[c.Key]; f != nil {
		return f
	}
	return e.startFeed(c, nil)
}

// startFeed starts the feed of a camera that has none, with the connection that
// is open already if there is one; e.mu is held.
func (e *Engine) startFeed(c cameras.Camera, first *feed.Connection) *running {
	ctx, cancel := context.WithCancel(e.ctx)
	f := &running{cancel: cancel, done: make(chan struct{}), Feed: feed.New(feed.Config{
		Key: c.Key, Opener: e.cfg.Client, Group: e.group, Width: c.Width, Height: c.Height, Logger: e.cfg.Logger,
		Arrived: e.arrived.notify,
		Doubted: func() { e.nudge(c.Agent) },
		Learned: func(asks cameras.Challenge) { e.registry.Learn(c.Key, asks) },
		First:   first,
		Early:   e.early(first != nil),
	})}
	e.feeds[c.Key] = f
	e.goDo(func() { defer close(f.done); defer cancel(); f.Run(ctx) })
	return f
}

// early is how long a new feed is wanted before the page asks for its camera;
// e.mu is held.
func (e *Engine) early(open bool) time.Duration {
	switch {
	case open || e.looked.IsZero():
		return beforePage
	case time.Since(e.looked) < lookedAway:
		return lookedAway / 2 // it may be for another page than the one that is seen
	default:
		return 0
	}
}

// failing is how many fail and make each other wait, as far as agents go: while
// nobody looks at their cameras as well.
func (e *Engine) failing() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, a := range e.agents {
		if a.shown && a.facts.Failure != nil {
			n++
		}
	}
	return max(n, e.group.Failing())
}

// nudge asks an agent for its status soon: something may be wrong. One that does
// not answer is asked again soon enough.
func (e *Engine) nudge(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if a := e.agents[id]; a != nil && a.facts.Failure == nil {
		a.watch.Nudge()
	}
}

// Retry dials a camera now; the empty key means all, and a search.
func (e *Engine) Retry(key string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for k, f := range e.feeds {
		if key == "" || key == k {
			f.Retry()
		}
	}
	agent, _, _ := cameras.SplitKey(key)
	for id, a := range e.agents {
		if key == "" || id == agent {
			a.watch.Poke()
		}
	}
	if key == "" && e.search != nil {
		e.search.Refresh()
	}
}
