// Package engine is the app without its window: it owns everything that runs, says
// what the page shows, and carries out what a person asks for.
package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"pigrid/desktop/adding"
	"pigrid/desktop/arrange"
	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/feed"
	"pigrid/desktop/history"
	"pigrid/desktop/households"
	"pigrid/desktop/keep"
	"pigrid/desktop/notify"
	"pigrid/desktop/recent"
	"pigrid/desktop/roster"
	"pigrid/desktop/settings"
	"pigrid/desktop/tasks"
	"pigrid/shared/dnssd"
)

// Searcher looks for agents on the network while its Run runs.
type Searcher interface {
	Run(ctx context.Context)
	Refresh()
	Status() (running bool, interfaces []string, problem string)
}

// Config is what an [Engine] needs.
type Config struct {
	Client   adding.Client
	Access   households.Client // nil: no agent can be locked
	Settings *settings.Store
	// Sweeper asks every address of the network when a person wants it; nil means
	// that nobody can.
	Sweeper *client.Sweeper
	// Search makes the Searcher that reports sightings; nil means no search.
	Search  func(sighted func(dnssd.Sighting)) Searcher
	Secrets adding.Secrets // nil: credentials and keys are not kept
	Notice  string         // one sentence for the page about the app itself
	// Links tells which addresses are on a link of this computer; nil: all are.
	Links  *client.Links
	Memory uint64 // of this machine in bytes, 0 when unknown
	// NoClips: nobody can save a clip here, so the pictures of the last 30 s are not kept.
	NoClips bool
	// Spare says when pictures may be made smaller; nil: only when there is no room for
	// them.
	Spare   feed.Spare
	History *history.Recorder // nil: one that is not saved
	// Reveal shows a file in the system's file manager; nil: nobody is there to see it.
	Reveal func(path string) error
	// Notices shows what a person is to know who looks elsewhere; nil: nobody is there.
	Notices Notices
	// All is for a program that follows cameras also while nobody watches them, by what
	// their agents say.
	All bool
	// Tell is told what happens to all cameras; it must not wait. nil: nobody is.
	Tell func([]notify.Notice)
	// Clock tells when the machine slept; nil is time.Now.
	Clock  func() time.Time
	Logger *slog.Logger
}

// Engine ties the rooms together: what the [roster.Roster] says of agents becomes the
// streams of a [feed.Set], and both together what the page shows.
type Engine struct {
	// Tasks runs everything; Roster knows who exists, Streams has the pictures, and
	// Keeper the keys. All are safe for concurrent use.
	Tasks   *tasks.Group
	Roster  *roster.Roster
	Streams *feed.Set
	Keeper  *households.Keeper

	cfg         Config
	arranged    *arrange.Arrangement
	credentials *adding.Credentials
	adder       *adding.Adder
	search      Searcher // nil for none
	sweep       *sweep
	recent      *recent.Buffer
	saver       *keep.Saver
	policy      notify.Policy
	notices     chan notify.Notice // those that are to be shown
	telling     notify.Policy      // when Tell is told

	// applying orders changes of the Roster with those of the Streams that follow from
	// them. It guards no data: pictures and the state never wait for it.
	applying sync.Mutex

	starting sync.Mutex
	started  bool
}

// New makes an Engine that knows the remembered cameras and does nothing yet.
func New(cfg Config) *Engine {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.History == nil {
		cfg.History, _ = history.Open("")
	}
	e := &Engine{cfg: cfg, Tasks: tasks.NewGroup(), recent: recent.New(kept(cfg)), arranged: arrange.New(cfg.Settings.Get().Arrangement), notices: make(chan notify.Notice, waitingNotices)}
	e.saver = keep.New(func() keep.Where { return keep.Where(cfg.Settings.Get().Pictures) })
	e.credentials = adding.NewCredentials(cfg.Secrets, e.Tasks, cfg.Logger)
	e.Streams = feed.NewSet(feed.SetConfig{
		Opener: cfg.Client, Limits: feed.LimitsFor(cfg.Memory), Spare: cfg.Spare, Tasks: e.Tasks, Logger: cfg.Logger, Arrived: e.arrived,
		Doubted: func(key string) { e.Roster.Doubt(key) },
		Learned: func(key string, asks cameras.Challenge) {
			e.Roster.Change(key, func(c *cameras.Camera) { c.Asks = asks })
		},
	})
	e.Keeper = households.New(households.Config{
		Find: cfg.Client.Find, Client: cfg.Access, Secrets: secretsOf(cfg.Secrets), Settings: cfg.Settings, Tasks: e.Tasks,
		Agents: e.agents, Repinned: e.repinned, Again: e.again, Facts: e.facts, Sent: e.sent, Logger: cfg.Logger,
	})
	e.Roster = roster.New(roster.Config{
		Known: remembered(cfg.Settings.Get()), Tasks: e.Tasks, Find: e.Keeper.Find, Links: cfg.Links, Logger: cfg.Logger,
		Failing: e.Streams.Failing, Changed: e.changed, Lost: e.refresh,
	})
	e.adder = adding.New(reach{cfg.Client, e.Keeper}, grid{e}, e.Tasks)
	e.sweep = newSweep(e.checked(cfg.Sweeper), e.Tasks, e.Roster.Swept, cfg.Logger)
	if cfg.Search != nil {
		e.search = cfg.Search(e.Roster.Sighted)
	}
	return e
}

// kept is how many bytes the pictures of the last 30 s may take.
func kept(cfg Config) int64 {
	if cfg.NoClips {
		return 0
	}
	return recent.Limit(cfg.Memory)
}

// Start dials the remembered cameras and searches for others. It does nothing the
// second time, or after Stop.
func (e *Engine) Start() {
	e.starting.Lock()
	defer e.starting.Unlock()
	if e.started || e.Tasks.Context().Err() != nil {
		return
	}
	e.started = true
	e.telling.Quiet(e.cfg.Clock().Round(0))
	e.Keeper.Start()
	e.dialRemembered()
	e.Roster.Start()
	if e.search != nil {
		e.Tasks.Go(func() { e.search.Run(e.Tasks.Context()) })
	}
	e.Tasks.Go(e.watch)
	e.Tasks.Go(e.tidy)
	e.Tasks.Go(e.record)
	e.Tasks.Go(e.showNotices)
	e.Tasks.Go(e.remember)
}

func (e *Engine) dialRemembered() {
	e.applying.Lock()
	defer e.applying.Unlock()
	e.dial(e.Roster.List())
}

// dial starts the streams of cameras. It needs applying.
func (e *Engine) dial(list []cameras.Camera) {
	for _, c := range list {
		if c.URL != "" {
			e.dialForeign(c)
		} else {
			e.Streams.Ensure(c)
		}
	}
}

// Stop ends everything and waits for it, at most for the given time. It reports
// whether everything ended.
func (e *Engine) Stop(limit time.Duration) bool {
	ended := e.Tasks.Stop(limit)
	if !ended {
		e.cfg.Logger.Error("not everything ended in time", "limit", limit)
	}
	return ended
}

// refresh makes the search ask again: an agent may have moved, and a search that heard
// it does not ask again for long.
func (e *Engine) refresh() {
	if e.search != nil {
		e.search.Refresh()
	}
}
