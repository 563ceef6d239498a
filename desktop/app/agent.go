package app

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"time"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
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
	watch   *agents.Watch
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
	twin     string           // where another agent has the same id
}

// since is what an agent says of a camera, and since when.
type since struct {
	state   api.State
	missing bool
	at      time.Time
}

// ensureAgent starts the watch of an agent that has none, and tells the one it
// has about addresses; e.mu is held.
func (e *Engine) ensureAgent(id string, addresses []string) {
	if a := e.agents[id]; a != nil {
		a.watch.Meet(addresses...)
		return
	}
	if len(e.agents) >= maxAgents {
		return
	}
	ctx, cancel := context.WithCancel(e.ctx)
	now := time.Now()
	a := &agent{cancel: cancel, begun: now, heard: now, states: map[string]since{}}
	a.watch = agents.NewWatch(agents.WatchConfig{
		ID: id, Addresses: addresses, Links: e.cfg.Links, Find: e.cfg.Client.Find, Failing: e.failing, Logger: e.cfg.Logger,
		Report: func(r agents.Report) { e.report(id, a, r) },
	})
	e.agents[id] = a
	e.mark(id, e.registry.Of(id))
	e.goDo(func() { defer cancel(); a.watch.Run(ctx) })
}

// sighted takes in that an agent was heard of. That alone shows nothing: it has
// to answer first.
func (e *Engine) sighted(s dnssd.Sighting) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.started || e.ctx.Err() != nil || e.sentAway(s.ID) {
		return
	}
	if e.agents[s.ID] == nil && !e.placeForSighted(s.ID, s.Addrs[0].String()) {
		return
	}
	e.ensureAgent(s.ID, addressesOf(s))
	a := e.agents[s.ID]
	if a == nil {
		return
	}
	a.heardOf(time.Now())
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

// keep sees to it that sightings do not push these addresses of an agent out;
// e.mu is held.
func (e *Engine) keep(id string, addresses []string) {
	if a := e.agents[id]; a != nil {
		a.watch.Keep(addresses...)
	}
}

// drop ends the watch of an agent; e.mu is held.
func (e *Engine) drop(id string) {
	if a := e.agents[id]; a != nil {
		a.cancel()
		delete(e.agents, id)
	}
}

// sentAway reports whether a person forgot this agent and it was there ever
// since; e.mu is held.
func (e *Engine) sentAway(id string) bool {
	last, away := e.dismissed[id]
	if !away {
		return false
	}
	now := time.Now()
	if now.Sub(last) < absence {
		e.dismissed[id] = now
		return true
	}
	e.welcome(id)
	return false
}

// cameraAway reports whether a person forgot this camera, which its agent lists
// now, and the agent listed it ever since; e.mu is held.
func (e *Engine) cameraAway(key string) bool {
	last, away := e.dismissed[key]
	if !away {
		return false
	}
	now := time.Now()
	if now.Sub(last) < absence {
		e.dismissed[key] = now
		return true
	}
	delete(e.dismissed, key)
	return false
}

// welcome forgets that an agent and its cameras were sent away; e.mu is held.
func (e *Engine) welcome(id string) {
	delete(e.dismissed, id)
	for key := range e.dismissed {
		if agent, _, ok := cameras.SplitKey(key); ok && agent == id {
			delete(e.dismissed, key)
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

// report takes in how a question to an agent ended. It runs on the goroutine of
// the agent's watch.
func (e *Engine) report(id string, a *agent, r agents.Report) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.agents[id] != a { // forgotten meanwhile
		return
	}
	now := time.Now()
	if r.Failure != nil {
		if a.facts.Failure == nil && a.shown && e.search != nil {
			e.search.Refresh() // it may have moved, and a search that heard it does not ask again for long
		}
		a.facts.Failure, a.facts.FailedSince, a.facts.RetryAt = r.Failure, r.Since, r.RetryAt
		if !a.shown && now.Sub(a.begun) > rumour {
			e.cfg.Logger.Info("an agent that was heard of does not answer", "agent", id, "reason", r.Failure.Reason, "detail", r.Failure.Detail)
			e.turnAway(id)
		}
		return
	}
	a.heard, a.answers, a.twin = now, r.Found.Address, r.Twin
	a.facts.Failure, a.facts.FailedSince, a.facts.RetryAt = nil, time.Time{}, time.Time{}
	if r.Starting && r.Found.Status.API == api.Version {
		a.starting = true
		return
	}
	others := slices.DeleteFunc(a.watch.Addresses(), func(address string) bool { return address == r.Found.Address })
	e.merge(cameras.Answer{Status: r.Found.Status, Addresses: slices.Insert(others, 0, r.Found.Address)})
	e.aim(id, r.Found, r.Back || a.starting)
	a.starting = false
}

// merge takes an answer into the registry and sees to it that every camera has
// a feed; e.mu is held.
func (e *Engine) merge(answer cameras.Answer) []cameras.Camera {
	id := answer.Status.ID
	var kept []api.Camera
	for _, c := range answer.Status.Cameras {
		if !e.cameraAway(cameras.Key(id, c.ID)) {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 && len(answer.Status.Cameras) > 0 {
		return nil
	}
	answer.Status.Cameras = kept
	list, gone := e.registry.Merge(answer)
	e.mark(id, list)
	if len(list) == 0 {
		e.crowded = time.Now()
	}
	e.lostPlaces(gone)
	e.dropFeeds(id)
	for _, c := range list {
		e.ensureFeed(c)
	}
	if a := e.agents[id]; a != nil {
		for _, c := range a.note(answer.Status.API, list, time.Now()) {
			e.feeds[c.Key].Retry()
		}
	}
	return list
}

// lostPlaces ends what is going on for cameras that left the registry to make room,
// and the watch of agents that have none left; e.mu is held.
func (e *Engine) lostPlaces(gone []string) {
	for _, key := range gone {
		e.dropFeed(key)
		id, _, _ := cameras.SplitKey(key)
		if left := e.registry.Of(id); len(left) > 0 {
			e.mark(id, left)
		} else {
			e.drop(id)
		}
	}
}

// dropFeeds ends the feeds of an agent's cameras that left the registry; e.mu is
// held.
func (e *Engine) dropFeeds(id string) {
	for key := range e.feeds {
		if agent, _, _ := cameras.SplitKey(key); agent != id {
			continue
		}
		if _, known := e.registry.Get(key); !known {
			e.dropFeed(key)
		}
	}
}

// dropFeed ends the feed of a camera; e.mu is held.
func (e *Engine) dropFeed(key string) {
	if f := e.feeds[key]; f != nil {
		f.cancel()
		delete(e.feeds, key)
	}
}

// note keeps since when things are as the agent says. It returns the cameras of
// which the agent said that they fail or are gone, and says so no longer.
func (a *agent) note(version int, list []cameras.Camera, now time.Time) (mended []cameras.Camera) {
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
			mended = append(mended, c)
		}
	}
	return mended
}

// aim tells an agent's feeds where it answered; e.mu is held.
func (e *Engine) aim(id string, found agents.Found, back bool) {
	for _, c := range e.registry.Of(id) {
		f := e.feeds[c.Key]
		if f == nil || found.Status.API != api.Version || c.Video == "" || c.Missing {
			continue
		}
		f.SetTarget(feed.Target{Addr: found.Remote.String(), Path: c.Video, Rate: c.Framerate})
		if back {
			f.Retry()
		}
	}
}
