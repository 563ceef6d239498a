package households

import (
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/settings"
	"pigrid/desktop/tasks"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/household"
)

// Client asks agents; [client.Client] is the real one.
type Client interface {
	Hello(ctx context.Context, at endpoint.Endpoint) (client.Seen, error)
	Prove(ctx context.Context, at endpoint.Endpoint, nonce household.Hash) (proof, shown household.Hash, err error)
	Claim(ctx context.Context, at endpoint.Endpoint, claim api.Claim) error
	Tell(ctx context.Context, at endpoint.Endpoint, method, path string, body any) error
	Passwords(ctx context.Context, at endpoint.Endpoint) (api.Passwords, error)
	Watchers(ctx context.Context, at endpoint.Endpoint) ([]api.Watcher, error)
}

// Finder asks an agent for its status; see [client.Client.Find].
type Finder func(ctx context.Context, id string, at []endpoint.Endpoint) (client.Found, error)

// Secrets keeps texts by name; [pigrid/desktop/secrets.Store] is the real one.
type Secrets interface {
	Set(ctx context.Context, name, secret string) error
	Get(ctx context.Context, name string) (string, error)
	Delete(ctx context.Context, name string) error
}

// Agent is an agent that is known to exist.
type Agent struct {
	ID        string
	Name      string
	Addresses []string // host:port, best first
	Answers   bool     // it answered the last question
	Access    cameras.Access
	Cameras   int
}

// Facts is what an owner said on this computer and an agent has not been sent yet.
type Facts struct {
	Name    string                  // of the agent, empty when it was not said
	Cameras map[string]api.Mounting // by the camera's id on its agent
}

// Config is what a [Keeper] needs. Its functions may be called from any goroutine,
// never while the Keeper is locked.
type Config struct {
	Find     Finder
	Client   Client  // nil: nobody can be asked over TLS
	Secrets  Secrets // nil: there is nowhere to keep keys, so there are no households
	Settings *settings.Store
	Tasks    *tasks.Group
	Agents   func() []Agent // those that exist
	// Repinned is called when an agent must be asked in another way from now on, or has
	// ended all streams because who may watch has changed. Again asks it for its status.
	Repinned func(agent string)
	Again    func(agent string)
	// Facts returns what an agent has not been sent yet, and Sent notes that it was.
	Facts  func(agent string) Facts
	Sent   func(agent string, facts Facts)
	Logger *slog.Logger
}

// Keeper has the keys of this computer's households. It is safe for concurrent use.
type Keeper struct {
	cfg Config

	// changing orders changes of keys and passwords, which wait for the keychain. It
	// guards no data.
	changing chan struct{}
	ready    tasks.Signal // a key was read
	poke     chan struct{}

	mu sync.Mutex
	book
}

// book is what a [Keeper] knows; whoever has it locks that.
type book struct {
	homes    []*home
	pins     map[string]pin    // by agent
	known    map[string]bool   // agents that are shown though they are in no household
	declined []string          // agents that are not, the last one last
	tried    map[string]tried  // agents that proved none of our keys
	round    int               // grows when keys change
	pushed   map[string]pushed // by agent: how the last attempt to send something ended
	lock     *locking          // nil when none is going on
}

// pin is what is believed of an agent that was locked here.
type pin struct {
	spki      household.Hash
	home      string // id, empty when its key is not here
	serial    int    // of the key that it has
	passwords int    // version that it has
}

// pushed is how sending something to an agent ended.
type pushed struct {
	code  Code
	again time.Time
}

// New returns a Keeper that knows what the settings say. Keys are read by Start.
func New(cfg Config) *Keeper {
	k := &Keeper{cfg: cfg, changing: make(chan struct{}, 1), poke: make(chan struct{}, 1)}
	k.book = book{pins: map[string]pin{}, known: map[string]bool{}, tried: map[string]tried{}, pushed: map[string]pushed{}}
	s := cfg.Settings.Get()
	for _, h := range s.Households {
		k.homes = append(k.homes, &home{id: h.ID, name: h.Name, kept: IsLoading})
	}
	for _, a := range s.Agents {
		k.pins[a.ID] = pin{a.SPKI, a.Household, a.Key, a.Passwords}
	}
	for _, c := range s.Cameras {
		if id, _, ok := cameras.SplitKey(c.Key); ok {
			k.known[id] = true
		}
	}
	k.declined = slices.Clone(s.Declined)
	return k
}

// Start reads the keys and keeps agents up to date until the Tasks end.
func (k *Keeper) Start() {
	k.Load()
	k.cfg.Tasks.Go(k.keepUp)
}

// begin waits until no other change is made. The caller calls end; ok is false when
// ctx ended before.
func (k *Keeper) begin(ctx context.Context) (end func(), ok bool) {
	select {
	case k.changing <- struct{}{}:
		return func() { <-k.changing }, true
	case <-ctx.Done():
		return nil, false
	}
}

// wake makes keepUp look at once.
func (k *Keeper) wake() {
	select {
	case k.poke <- struct{}{}:
	default:
	}
}

// Pinned reports whether an agent was locked here at least once, so that it is believed
// over TLS with its public key only.
func (k *Keeper) Pinned(agent string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.pins[agent]
	return ok
}

// Allows reports whether an agent may be asked in this way.
func (k *Keeper) Allows(agent string, at endpoint.Endpoint) bool {
	if !k.Pinned(agent) {
		return true
	}
	p, bearer, _ := k.way(agent)
	return at.IsPinned() && at.Pin.Equal(p.spki) && at.Bearer.Equal(bearer)
}

// setPin notes what is believed of an agent, and makes it be asked accordingly. It
// reports whether there was room.
func (k *Keeper) setPin(agent string, p pin) bool {
	k.mu.Lock()
	before, was := k.pins[agent]
	if !was && len(k.pins) >= settings.MaxAgents {
		k.mu.Unlock()
		return false // it stays an agent that needs a key
	}
	k.pins[agent] = p
	delete(k.tried, agent)
	k.mu.Unlock()
	if was && before == p {
		return true
	}
	_ = k.save() // it says so itself, and it is with the next change
	k.cfg.Repinned(agent)
	return true
}

// hasRoom reports whether there is room for an agent.
func (k *Keeper) hasRoom(agent string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, was := k.pins[agent]
	return was || len(k.pins) < settings.MaxAgents
}

// save writes what is not secret. What cannot be written now is with the next change.
func (k *Keeper) save() error {
	err := k.cfg.Settings.Save(k.Note)
	if err != nil {
		k.cfg.Logger.Error("saving", "error", err)
	}
	return err
}

// Note puts what is not secret into settings.
func (k *Keeper) Note(s settings.Settings) settings.Settings {
	k.mu.Lock()
	defer k.mu.Unlock()
	s.Households, s.Agents = nil, nil
	for _, h := range k.homes {
		s.Households = append(s.Households, settings.Household{ID: h.id, Name: h.name})
	}
	for id, p := range k.pins {
		s.Agents = append(s.Agents, settings.Agent{ID: id, SPKI: p.spki, Household: p.home, Key: p.serial, Passwords: p.passwords})
	}
	slices.SortFunc(s.Agents, func(a, b settings.Agent) int { return strings.Compare(a.ID, b.ID) })
	s.Declined = slices.Clone(k.declined)
	return s
}

// nonce is 32 random bytes.
func nonce() (n household.Hash) {
	_, _ = rand.Read(n[:]) // never fails, crypto/rand says
	return n
}
