package roster

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/dnssd"
)

const (
	// unheard is how long an agent that is there can go without a sighting: longer
	// than the time between two rounds of the search.
	unheard = 45 * time.Second
	// welcomeEvery is how often at most a sighting makes an agent be asked at once.
	welcomeEvery = 2 * time.Second
	// absence is how long an agent or camera must be away to count as new again.
	absence = 2 * time.Minute
)

// agent is what is known from asking one agent.
type agent struct {
	watch   *client.Watch
	cancel  context.CancelFunc
	begun   time.Time // start of the watch
	heard   time.Time // last sighting or answer
	sighted time.Time // last sighting
	// welcomed is the last time a sighting made it be asked at once.
	welcomed time.Time
	// starting says that it did not list its cameras yet after it came back.
	starting bool
	facts    cameras.Agent
	states   map[string]since // by camera key
	typed    bool             // a person added it
	shown    bool             // it has a tile
	answers  string           // host:port where it answered last
	found    *client.Found    // its last answer, nil for none
	twin     string           // where another agent has the same id
}

// since is what an agent says of a camera, and since when.
type since struct {
	state   api.State
	missing bool
	at      time.Time
}

// book is what a [Roster] knows, without its lock.
type book struct {
	*registry
	cfg       Config
	failing   func() int // agents and streams that fail and make each other wait
	report    func(id string, a *agent, r client.Report)
	started   bool
	agents    map[string]*agent    // by id
	dismissed map[string]time.Time // agents and cameras a person forgot while they answered -> last seen
	turned    map[string]time.Time // agents only heard of that lost their slot -> when
	crowded   time.Time            // last time a found agent had no slot
}

// ensureAgent starts the watch of an agent that has none, and tells the one it has
// about addresses.
func (b *book) ensureAgent(id string, addresses []string) {
	if a := b.agents[id]; a != nil {
		a.watch.Meet(addresses...)
		return
	}
	if len(b.agents) >= maxAgents {
		return
	}
	ctx, cancel := context.WithCancel(b.cfg.Tasks.Context())
	now := time.Now()
	a := &agent{cancel: cancel, begun: now, heard: now, states: map[string]since{}}
	a.watch = client.NewWatch(client.WatchConfig{
		ID: id, Addresses: addresses, Links: b.cfg.Links, Find: b.cfg.Find, Failing: b.failing, Logger: b.cfg.Logger,
		Report: func(r client.Report) { b.report(id, a, r) },
	})
	b.agents[id] = a
	b.mark(id, b.of(id))
	b.cfg.Tasks.Go(func() { defer cancel(); a.watch.Run(ctx) })
}

// sighted notes that an agent was heard of.
func (b *book) sighted(s dnssd.Sighting) {
	if !b.started || b.cfg.Tasks.Context().Err() != nil || b.sentAway(s.ID) {
		return
	}
	if b.agents[s.ID] == nil && !b.slotForSighted(s.ID, s.Addrs[0].String()) {
		return
	}
	b.ensureAgent(s.ID, addressesOf(s))
	if a := b.agents[s.ID]; a != nil {
		a.heardOf(time.Now())
	}
}

// swept notes an agent that answered a search: like one that was heard of, but it has
// answered already.
func (b *book) swept(found client.Found) (fresh []cameras.Camera, change Change) {
	id := found.Status.ID
	a := b.agents[id]
	if b.cfg.Tasks.Context().Err() != nil || b.sentAway(id) || a == nil && !b.slotForSighted(id, hostOf(found.At.Addr)) {
		return nil, Change{}
	}
	addresses := []string{found.At.Addr}
	b.ensureAgent(id, addresses)
	if a != nil && a.shown {
		return nil, Change{} // it is asked there soon
	}
	fresh, change = b.answered(found, Answer{Status: found.Status, Addresses: addresses})
	change.Back = true
	return fresh, change
}

// added notes an agent that answered at an address that a person typed.
func (b *book) added(address string, found client.Found) (list []cameras.Camera, change Change) {
	id := found.Status.ID
	addresses := []string{address, found.Remote.String()}
	b.welcome(id)
	if b.agents[id] == nil && !b.slotForTyped() {
		return nil, Change{}
	}
	b.ensureAgent(id, addresses)
	b.keep(id, addresses)
	list, change = b.answered(found, Answer{Status: found.Status, Addresses: addresses, Added: true})
	if len(list) == 0 {
		b.drop(id)
	}
	change.Back = true
	return list, change
}

// heardOf takes in a sighting. When it is the first since the agent failed, or
// since a silence, the agent is asked at once: it has come back. Those that
// follow are its answers to every round of the search, which it may give while
// nobody gets through to it otherwise; they would make all such agents be asked
// in the same second, over and over. Nor does one that fails and is heard of by
// turns get more than a question every other second by that.
func (a *agent) heardOf(now time.Time) {
	news := a.sighted.Before(a.facts.FailedSince) || now.Sub(a.sighted) > unheard
	a.heard, a.sighted = now, now
	if f := a.facts.Failure; news && f != nil && f.RetryAfter == 0 && now.Sub(a.welcomed) >= welcomeEvery {
		a.welcomed = now
		a.watch.Poke()
	}
}

// keep sees to it that sightings do not push these addresses of an agent out.
func (b *book) keep(id string, addresses []string) {
	if a := b.agents[id]; a != nil {
		a.watch.Keep(addresses...)
	}
}

// drop ends the watch of an agent.
func (b *book) drop(id string) {
	if a := b.agents[id]; a != nil {
		a.cancel()
		delete(b.agents, id)
	}
}

// sentAway reports whether a person forgot this agent or camera, which is there now,
// and it was there ever since.
func (b *book) sentAway(key string) bool {
	last, away := b.dismissed[key]
	if !away {
		return false
	}
	now := time.Now()
	if now.Sub(last) < absence {
		b.dismissed[key] = now
		return true
	}
	b.welcome(key)
	return false
}

// welcome forgets that an agent and its cameras, or one camera, were sent away.
func (b *book) welcome(id string) {
	delete(b.dismissed, id)
	for key := range b.dismissed {
		if agent, _, ok := cameras.SplitKey(key); ok && agent == id {
			delete(b.dismissed, key)
		}
	}
}

func addressesOf(s dnssd.Sighting) []string {
	list := make([]string, 0, len(s.Addrs))
	for _, a := range s.Addrs {
		list = append(list, netip.AddrPortFrom(a, s.Port).String())
	}
	return list
}

// reported notes how a question to an agent ended. lost says that an agent with a tile
// has stopped answering.
func (b *book) reported(id string, a *agent, r client.Report) (lost bool, change Change) {
	if b.agents[id] != a { // forgotten meanwhile
		return false, Change{}
	}
	if r.Failure != nil {
		return b.failed(id, a, r), Change{}
	}
	a.heard, a.answers, a.twin = time.Now(), r.Found.At.Addr, r.Twin
	a.facts.Failure, a.facts.FailedSince, a.facts.RetryAt = nil, time.Time{}, time.Time{}
	if r.Starting && r.Found.Status.API == api.Version {
		a.starting = true
		return false, Change{}
	}
	others := slices.DeleteFunc(a.watch.Addresses(), func(address string) bool { return address == r.Found.At.Addr })
	_, change = b.answered(r.Found, Answer{Status: r.Found.Status, Addresses: slices.Insert(others, 0, r.Found.At.Addr)})
	change.Back = r.Back || a.starting
	a.starting = false
	return false, change
}

// failed notes that an agent did not answer, and reports whether it did until now.
func (b *book) failed(id string, a *agent, r client.Report) (lost bool) {
	lost = a.facts.Failure == nil && a.shown
	a.facts.Failure, a.facts.FailedSince, a.facts.RetryAt = r.Failure, r.Since, r.RetryAt
	if !a.shown && time.Since(a.begun) > rumour {
		b.cfg.Logger.Info("an agent that was heard of does not answer", "agent", id, "reason", r.Failure.Reason, "detail", r.Failure.Detail)
		b.turnAway(id)
	}
	return lost
}

// answered takes an answer into the registry. It returns the agent's cameras.
func (b *book) answered(found client.Found, answer Answer) ([]cameras.Camera, Change) {
	id := answer.Status.ID
	if found.Denied.Denies() && b.hasCameras(id) {
		return b.of(id), b.denied(found, answer)
	}
	var kept []api.Camera
	for _, c := range answer.Status.Cameras {
		if !b.sentAway(cameras.Key(id, c.ID)) {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 && len(answer.Status.Cameras) > 0 {
		return nil, Change{Agent: id}
	}
	answer.Status.Cameras = kept
	list, gone := b.merge(answer)
	b.mark(id, list)
	if len(list) == 0 {
		b.crowded = time.Now()
	}
	b.lostSlots(gone)
	change := Change{Agent: id, Gone: gone}
	if a := b.agents[id]; a != nil {
		a.found = &found
		change.Mended = a.note(answer.Status.API, list, time.Now())
		a.noteAccess(accessOf(found), time.Now())
	}
	return list, change
}

// denied notes that an agent whose cameras are known says no more than that it is
// locked. They stay as they were.
func (b *book) denied(found client.Found, answer Answer) Change {
	for _, c := range b.of(answer.Status.ID) {
		c.Addresses = slices.Clone(answer.Addresses)
		b.byKey[c.Key] = c
	}
	if a := b.agents[answer.Status.ID]; a != nil {
		a.found = &found
		a.noteAccess(found.Denied, time.Now())
	}
	return Change{Agent: answer.Status.ID}
}

// accessOf is what an answer says of who may watch.
func accessOf(found client.Found) cameras.Access {
	switch {
	case found.Denied != cameras.NoAccess:
		return found.Denied
	case found.Status.Access == api.Locked:
		return cameras.AccessLocked
	case found.Status.Access == api.Open:
		return cameras.AccessOpen
	default:
		return cameras.NoAccess
	}
}

func (a *agent) noteAccess(access cameras.Access, now time.Time) {
	if a.facts.Access != access {
		a.facts.Access, a.facts.AccessSince = access, now
	}
}

// lostSlots ends the watch of agents that have no camera left since others needed the
// slots.
func (b *book) lostSlots(gone []string) {
	for _, key := range gone {
		id, _, _ := cameras.SplitKey(key)
		if left := b.of(id); len(left) > 0 {
			b.mark(id, left)
		} else {
			b.drop(id)
		}
	}
}

// forgotten notes which cameras a person forgot, and ends the watch of agents that
// have none left. It returns their keys.
func (b *book) forgotten(keys []string) []string {
	for _, gone := range keys {
		id, _, _ := cameras.SplitKey(gone)
		a := b.agents[id]
		if a == nil {
			continue
		}
		if a.facts.Failure == nil {
			b.dismissed[gone] = a.heard
		}
		if len(b.of(id)) == 0 {
			if a.facts.Failure == nil {
				b.dismissed[id] = a.heard
			}
			b.drop(id)
		}
	}
	return keys
}

// note keeps since when things are as the agent says. It returns the
// keys of cameras of which the agent said that they fail or are gone, and says so no
// longer.
func (a *agent) note(version int, list []cameras.Camera, now time.Time) (mended []string) {
	if a.facts.API != version {
		a.facts.API, a.facts.APISince = version, now
	}
	maps.DeleteFunc(a.states, func(key string, _ since) bool {
		return !slices.ContainsFunc(list, func(c cameras.Camera) bool { return c.Key == key })
	})
	for _, c := range list {
		s, ok := a.states[c.Key]
		if ok && s.state == c.State && s.missing == c.Missing {
			continue
		}
		a.states[c.Key] = since{c.State, c.Missing, now}
		if s.state == api.Failed || s.missing {
			mended = append(mended, c.Key)
		}
	}
	return mended
}

// factsOf gathers what is known of a camera from asking its agent.
func (b *book) factsOf(c cameras.Camera) cameras.Agent {
	var facts cameras.Agent
	a := b.agents[c.Agent]
	if a != nil {
		facts = a.facts
		facts.CameraSince = a.states[c.Key].at
	}
	facts.Camera, facts.Problem, facts.Missing = c.State, c.Problem, c.Missing
	if a != nil && a.starting {
		facts.Camera, facts.Problem, facts.Missing = api.Starting, nil, false
	}
	return facts
}
