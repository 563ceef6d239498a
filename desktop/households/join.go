package households

import (
	"context"
	"slices"
	"sync"
	"time"

	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/household"
)

const (
	// joinWithin is how long a key that was typed may be tried on all agents.
	joinWithin = 10 * time.Second
	// freshWithin is how long an agent may take to say which view passwords it has.
	freshWithin = 3 * time.Second
)

// Join tries a key that a person typed on every locked agent that opens with none of
// ours. With keep it is kept though it opens none. An agent is told nothing.
func (k *Keeper) Join(ctx context.Context, typed, name string, keep bool) (home string, opened []Agent, r Refusal) {
	key, err := household.ParseKey(typed)
	if err != nil {
		return "", nil, Refusal{Code: BadKey, Detail: err.Error()}
	}
	name, ok := title(name)
	if !ok {
		return "", nil, Refusal{Code: BadName}
	}
	end, ok := k.begin(ctx)
	if !ok {
		return "", nil, Refusal{Code: NotKept}
	}
	defer end()
	trying, cancel := context.WithTimeout(ctx, joinWithin)
	defer cancel()
	found := k.tryKey(trying, key)
	known := k.withKey(key)
	switch {
	case known != "": // it is here already
		k.mu.Lock()
		k.round++
		k.mu.Unlock()
		for _, o := range found {
			k.takeIn(o.ID, k.pinOf(o.ID, o.shown), known, k.serialOf(known))
		}
		return known, agentsIn(found), Refusal{}
	case len(found) == 0 && !keep:
		return "", nil, Refusal{Code: NoneOpens}
	}
	home, r.Code = k.keepJoined(ctx, key, name, found)
	if r.Code != NoCode {
		return "", nil, r
	}
	for _, o := range found {
		k.takeIn(o.ID, k.pinOf(o.ID, o.shown), home, k.serialOf(home))
	}
	return home, agentsIn(found), Refusal{}
}

// opens is an agent that proved a key.
type opens struct {
	Agent
	shown household.Hash
	at    endpoint.Endpoint
}

func agentsIn(list []opens) []Agent {
	agents := []Agent{}
	for _, o := range list {
		agents = append(agents, o.Agent)
	}
	return agents
}

// tryKey returns the agents that prove a key, of those that open with none of ours.
func (k *Keeper) tryKey(ctx context.Context, key household.Key) (found []opens) {
	var locked []Agent
	for _, a := range k.cfg.Agents() {
		if a.Answers && a.Access.Denies() {
			locked = append(locked, a)
		}
	}
	var mu sync.Mutex
	each(locked, func(a Agent) {
		proved := false
		seen, err := k.helloUntil(ctx, a.ID, endpoint.All(a.Addresses), func(s client.Seen) bool {
			proved = k.believes(a.ID, s.Shown) && k.provesKey(ctx, s, key.ForAgent(a.ID, s.Shown))
			return proved
		})
		if err == nil && proved {
			mu.Lock()
			defer mu.Unlock()
			bearer := key.ForAgent(a.ID, seen.Shown).Bearer()
			found = append(found, opens{a, seen.Shown, endpoint.Pinned(seen.At.Addr, seen.Shown, bearer)})
		}
	})
	slices.SortFunc(found, func(a, b opens) int { return byName(a.Agent, b.Agent) })
	return found
}

// keepJoined keeps a key that was typed: as the newest of a household if an agent of
// that opens with it and has its view passwords still, because another computer has made
// a new key; else as that of another household, to which its agents have moved.
func (k *Keeper) keepJoined(ctx context.Context, key household.Key, name string, found []opens) (home string, code Code) {
	for _, o := range found {
		k.mu.Lock()
		home = k.pins[o.ID].home
		k.mu.Unlock()
		if s, code := k.secretOf(home); code == NoCode && k.hasPasswordOf(ctx, o, s, key) {
			return home, k.keep(ctx, home, "", k.asKept(ctx, s.withKey(key), found))
		}
	}
	if code := k.free(name); code != NoCode {
		return "", code
	}
	home = newID()
	return home, k.keep(ctx, home, name, k.asKept(ctx, secret{key: key, serial: 1}, found))
}

// hasPasswordOf reports whether an agent has a view password of a household in a list
// that was signed with this key.
func (k *Keeper) hasPasswordOf(ctx context.Context, o opens, s secret, key household.Key) bool {
	ctx, cancel := context.WithTimeout(ctx, freshWithin)
	defer cancel()
	list, err := k.cfg.Client.Passwords(ctx, o.at)
	return err == nil && list.IsSignedBy(key) && slices.ContainsFunc(list.Passwords, func(p api.ViewPassword) bool {
		return slices.ContainsFunc(s.passwords, func(ours password) bool { return ours.hash.Equal(p.Hash) })
	})
}

// asKept takes in the newest view passwords that these agents have.
func (k *Keeper) asKept(ctx context.Context, s secret, from []opens) secret {
	for _, o := range from[:min(len(from), maxHello)] {
		ctx, cancel := context.WithTimeout(ctx, freshWithin)
		list, err := k.cfg.Client.Passwords(ctx, o.at)
		cancel()
		if err == nil {
			s = s.adopt(list)
		}
	}
	return s
}

// withKey returns the household that has a key as its newest, empty for none.
func (k *Keeper) withKey(key household.Key) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, h := range k.homes {
		if h.key == key {
			return h.id
		}
	}
	return ""
}

func (k *Keeper) serialOf(home string) int {
	s, _ := k.secretOf(home)
	return s.serial
}
