package roster

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/tasks"
	"pigrid/shared/dnssd"
	"pigrid/shared/endpoint"
)

// Config is what a [Roster] needs.
type Config struct {
	Known []cameras.Camera // that are remembered
	Tasks *tasks.Group     // runs the watches
	// Find asks an agent for its status; see [client.Client.Find].
	Find  func(ctx context.Context, id string, addresses []endpoint.Endpoint) (client.Found, error)
	Links *client.Links // of this computer; nil: every address is on one
	// Failing is how many streams fail and make each other wait.
	Failing func() int
	// Changed is called after the cameras of an agent have changed, Lost when an agent
	// that has a tile stops answering. The Roster can be used in both.
	Changed func(Change)
	Lost    func()
	Logger  *slog.Logger
}

// Change says that the cameras of an agent have changed.
type Change struct {
	Agent string
	// Gone has the keys of cameras that left the Roster, whosever they were.
	Gone []string
	// Mended has the keys of cameras of which the agent said that they fail or are
	// gone, and says so no longer.
	Mended []string
	Back   bool // it answers for the first time after a failure
}

// Roster knows all agents and cameras. It is safe for concurrent use. Cameras leave it
// only by [Roster.Forget], or when others need their slots.
type Roster struct {
	cfg Config

	mu   sync.Mutex
	book book
}

// New returns a Roster that watches nobody yet.
func New(cfg Config) *Roster {
	r := &Roster{cfg: cfg}
	r.book = book{
		cfg: cfg, failing: r.failing, report: r.report, registry: newRegistry(cfg.Known...),
		agents: map[string]*agent{}, dismissed: map[string]time.Time{}, turned: map[string]time.Time{},
	}
	return r
}

// Start watches the agents of all remembered cameras.
func (r *Roster) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.book.started = true
	for _, c := range r.book.list() {
		if c.URL == "" {
			r.book.ensureAgent(c.Agent, c.Addresses)
			r.book.keep(c.Agent, c.Addresses) // those that answered or were typed are first
		}
	}
}

// Sighted notes that an agent was heard of. That alone shows nothing: the agent must
// answer first.
func (r *Roster) Sighted(s dnssd.Sighting) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.book.sighted(s)
}

// Swept notes that an agent answered a search of whole networks. It returns how many
// cameras were not known before.
func (r *Roster) Swept(found client.Found) (fresh int) {
	r.mu.Lock()
	list, change := r.book.swept(found)
	r.mu.Unlock()
	r.emit(change)
	return len(list)
}

// Add notes an agent that answered at an address that a person typed. It returns its
// cameras, none when there is no slot.
func (r *Roster) Add(address string, found client.Found) []cameras.Camera {
	r.mu.Lock()
	list, change := r.book.added(address, found)
	r.mu.Unlock()
	r.emit(change)
	return list
}

// AddForeign takes in a camera that has no agent. It reports whether there was a slot.
func (r *Roster) AddForeign(c cameras.Camera) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.book.add(c)
}

// Restore takes in cameras that another computer remembered. It returns those that were
// not known; of the others it takes what a person said of them.
func (r *Roster) Restore(list []cameras.Camera) (fresh []cameras.Camera) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range list {
		if old, known := r.book.get(c.Key); known && (c.Own != cameras.Own{}) {
			old.Own = c.Own
			r.book.byKey[c.Key] = old
		}
		if !r.book.restore(c) {
			continue
		}
		c, _ = r.book.get(c.Key)
		fresh = append(fresh, c)
		if c.URL == "" {
			r.book.welcome(c.Agent)
			r.book.ensureAgent(c.Agent, c.Addresses)
			r.book.keep(c.Agent, c.Addresses)
			r.book.mark(c.Agent, r.book.of(c.Agent))
		}
	}
	return fresh
}

// Forget removes a camera; one that was added by address takes its agent's other
// cameras along. An agent that answers does not come back by itself until it was away
// for a while.
func (r *Roster) Forget(key string) (gone []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.book.forgotten(r.book.forget(key))
}

// ForgetAgent removes a camera and all others of its agent.
func (r *Roster) ForgetAgent(key string) (gone []string) {
	id, _, ok := cameras.SplitKey(key)
	if !ok {
		return r.Forget(key)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.book.forgotten(r.book.forgetAgent(id))
}

// report notes how a question to an agent ended.
func (r *Roster) report(id string, a *agent, report client.Report) {
	r.mu.Lock()
	lost, change := r.book.reported(id, a, report)
	r.mu.Unlock()
	if lost {
		r.cfg.Lost()
	}
	r.emit(change)
}

func (r *Roster) emit(c Change) {
	if c.Agent != "" {
		r.cfg.Changed(c)
	}
}

// failing is how many fail and make each other wait: while nobody looks at their
// cameras as well.
func (r *Roster) failing() int {
	r.mu.Lock()
	n := 0
	for _, a := range r.book.agents {
		if a.shown && a.facts.Failure != nil {
			n++
		}
	}
	r.mu.Unlock()
	return max(n, r.cfg.Failing())
}

// Doubt asks the agent of a camera for its status soon, because its stream failed. One
// that does not answer is asked again soon enough.
func (r *Roster) Doubt(key string) {
	id, _, _ := cameras.SplitKey(key)
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.book.agents[id]; a != nil && a.facts.Failure == nil {
		a.watch.Doubt()
	}
}

// Poke asks the agents of all cameras that match for their status at once.
func (r *Roster) Poke(match func(agent string) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, a := range r.book.agents {
		if match(id) {
			a.watch.Poke()
		}
	}
}

// AskSoon asks an agent for its status soon, because it may answer again.
func (r *Roster) AskSoon(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.book.agents[id]; a != nil {
		a.watch.Nudge()
	}
}

// Answers reports whether an agent answered the last question.
func (r *Roster) Answers(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.book.agents[id]
	return a != nil && a.facts.Failure == nil
}

// Forgotten is how many agents and cameras a person forgot while they answered, and that
// are there ever since.
func (r *Roster) Forgotten() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, last := range r.book.dismissed {
		agent, _, ok := cameras.SplitKey(key)
		if _, whole := r.book.dismissed[agent]; ok && whole {
			continue // counted with its agent
		}
		if time.Since(last) < absence {
			n++
		}
	}
	return n
}

// Agent is a watched agent, as far as questions to it go.
type Agent struct {
	ID      string
	Shown   bool             // it has a tile
	Heard   time.Time        // last sighting or answer
	Failure *cameras.Failure // of the last question
	Since   time.Time        // first failure in a row
	RetryAt time.Time        // next question after a failure
	// Name, Addresses (host:port, best first), Access and Cameras are as it said last.
	Name      string
	Addresses []string
	Access    cameras.Access
	Cameras   int  // that have a tile
	Answered  bool // the last question, and not only before it was asked
}

// Agents returns all watched agents, in any order.
func (r *Roster) Agents() []Agent {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]Agent, 0, len(r.book.agents))
	for id, a := range r.book.agents {
		list = append(list, Agent{
			ID: id, Shown: a.shown, Heard: a.heard, Failure: a.facts.Failure, Since: a.facts.FailedSince, RetryAt: a.facts.RetryAt,
			Access: a.facts.Access, Addresses: a.watch.Addresses(), Answered: a.found != nil && a.facts.Failure == nil,
		})
	}
	at := make(map[string]int, len(list))
	for i, a := range list {
		at[a.ID] = i
	}
	for _, c := range r.book.byKey {
		i, ok := at[c.Agent]
		if !ok {
			continue
		}
		list[i].Cameras++
		if name := cmp.Or(c.Shown().AgentName, c.Name); list[i].Name == "" || name < list[i].Name {
			list[i].Name = name
		}
	}
	return list
}

// Entry is a camera and what is known from asking its agent.
type Entry struct {
	cameras.Camera
	Facts cameras.Agent
}

// Entries returns all cameras in display order.
func (r *Roster) Entries() []Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.book.list()
	list := make([]Entry, len(known))
	for i, c := range known {
		list[i] = Entry{c, r.book.factsOf(c)}
	}
	return list
}

// List returns all cameras in display order.
func (r *Roster) List() []cameras.Camera {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.book.list()
}

// Of returns the cameras of one agent in display order.
func (r *Roster) Of(agent string) []cameras.Camera {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.book.of(agent)
}

// Get returns one camera.
func (r *Roster) Get(key string) (cameras.Camera, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.book.get(key)
}

// Change changes a camera, and returns it as it is then. known is false when there is
// none of that key.
func (r *Roster) Change(key string, change func(*cameras.Camera)) (c cameras.Camera, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, known = r.book.get(key); known {
		change(&c)
		r.book.byKey[key] = c
	}
	return c, known
}

// Found returns the last answer of an agent, nil when there was none.
func (r *Roster) Found(id string) *client.Found {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.book.agents[id]; a != nil {
		return a.found
	}
	return nil
}

// Crowded reports whether a found agent had no slot of late.
func (r *Roster) Crowded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.book.crowded.IsZero() && time.Since(r.book.crowded) < crowdedFor
}

// Twins names two agents that have the same id, nil when there are none; of several
// pairs always the same one.
func (r *Roster) Twins() *Twins {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.book.twins()
}
