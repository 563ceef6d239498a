package app

import (
	"context"
	"errors"
	"time"

	"pigrid/desktop/agents"
	"pigrid/desktop/cameras"
	"pigrid/shared/api"
)

const addTimeout = 6 * time.Second

// Add tries what a person typed, a host, host:port or URL: an agent, or another
// camera that speaks MJPEG. On success its cameras are shown and remembered. A
// whole URL is taken at its word.
func (e *Engine) Add(input string) AddResult {
	t, err := parseTyped(input)
	switch {
	case errors.Is(err, errLogin):
		return AddResult{Keys: []string{}, Reason: cameras.ReasonBadLogin, Detail: err.Error()}
	case err != nil:
		return AddResult{Keys: []string{}, Reason: cameras.ReasonBadAddress, Detail: err.Error()}
	}
	if t.whole() {
		return e.addURL(t)
	}
	if key := e.foreignAt(func(address string) bool { return address == t.address }); key != "" {
		ctx, leave := e.alone()
		defer leave()
		return e.again(ctx, key, t)
	}
	found, failure := e.ask(t.address)
	if failure == nil {
		return e.addFound(t.address, found)
	}
	if result, ok := e.addForeign(t, failure); ok {
		return result
	}
	return AddResult{Keys: []string{}, Reason: failure.Reason, Address: t.address, Detail: failure.Detail}
}

// ask asks the agent at an address for its status.
func (e *Engine) ask(address string) (agents.Found, *cameras.Failure) {
	ctx, cancel := context.WithTimeout(e.ctx, addTimeout)
	defer cancel()
	found, err := e.cfg.Client.Find(ctx, "", []string{address})
	if err == nil {
		return found, nil
	}
	failure := agents.FailureOf(err)
	if failure == nil {
		failure = &cameras.Failure{Reason: cameras.ReasonTimeout}
	}
	return found, failure
}

// addFound takes in an agent that answered at a typed address.
func (e *Engine) addFound(address string, found agents.Found) AddResult {
	result := AddResult{Keys: []string{}, Address: address}
	switch v := found.Status.API; {
	case v < api.Version:
		result.Reason = cameras.ReasonTooOld
		return result
	case v > api.Version:
		result.Reason = cameras.ReasonTooNew
		return result
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	id := found.Status.ID
	addresses := []string{address, found.Remote.String()}
	e.welcome(id)
	if e.agents[id] == nil && !e.placeForTyped() {
		return full(address)
	}
	e.ensureAgent(id, addresses)
	e.keep(id, addresses)
	for _, c := range e.merge(cameras.Answer{Status: found.Status, Addresses: addresses, Added: true}) {
		result.Keys = append(result.Keys, c.Key)
	}
	if len(result.Keys) == 0 {
		e.drop(id)
		return full(address)
	}
	e.aim(id, found, true)
	result.OK = true
	return result
}

// full is the answer when there is no place for another agent or camera.
func full(address string) AddResult {
	return AddResult{
		Keys: []string{}, Address: address, Reason: cameras.ReasonFull,
		Detail: "PiGrid knows as many cameras as it can. Forget one that is gone, then try again.",
	}
}

// Forget removes a camera, and the watch of an agent that has none left. An
// agent that answers does not come back by itself until it was away for a while.
func (e *Engine) Forget(key string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.forgotten(e.registry.Forget(key))
}

// ForgetAgent removes a camera and all others of its agent.
func (e *Engine) ForgetAgent(key string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if id, _, ok := cameras.SplitKey(key); ok {
		e.forgotten(e.registry.ForgetAgent(id))
	} else {
		e.forgotten(e.registry.Forget(key))
	}
}

// forgotten ends what is going on for cameras that a person forgot; e.mu is held.
func (e *Engine) forgotten(keys []string) {
	for _, gone := range keys {
		e.dropFeed(gone)
		e.dropSecret(gone)
		id, _, _ := cameras.SplitKey(gone)
		a := e.agents[id]
		if a == nil {
			continue
		}
		if a.facts.Failure == nil {
			e.dismissed[gone] = a.heard
		}
		if len(e.registry.Of(id)) == 0 {
			if a.facts.Failure == nil {
				e.dismissed[id] = a.heard
			}
			e.drop(id)
		}
	}
}
