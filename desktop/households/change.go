package households

import (
	"context"
	"slices"
	"sync"
	"time"

	"pigrid/desktop/cameras"
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
			k.setPin(o.ID, k.belongs(pin{spki: o.shown}, known, k.serialOf(known)))
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
		k.setPin(o.ID, k.belongs(pin{spki: o.shown}, home, k.serialOf(home)))
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
// that opens with it, because another computer has made a new key; else as that of
// another household.
func (k *Keeper) keepJoined(ctx context.Context, key household.Key, name string, found []opens) (home string, code Code) {
	for _, o := range found {
		k.mu.Lock()
		home = k.pins[o.ID].home
		k.mu.Unlock()
		if s, code := k.secretOf(home); code == NoCode {
			return home, k.keep(ctx, home, "", k.asKept(ctx, s.withKey(key), found))
		}
	}
	if code := k.free(name); code != NoCode {
		return "", code
	}
	home = newID()
	return home, k.keep(ctx, home, name, k.asKept(ctx, secret{key: key, serial: 1}, found))
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

// NewKey makes a new key for a household. Its agents are sent it with the old one; other
// computers must be given it.
func (k *Keeper) NewKey(ctx context.Context, home string) Code {
	return k.change(ctx, home, func(s secret) (secret, Code) {
		s = k.asOnAgents(ctx, home, s).withKey(household.NewKey())
		s.version++ // the list is signed with the new key
		return s, NoCode
	})
}

// AddPassword makes a view password that ends at a time, zero for never.
func (k *Keeper) AddPassword(ctx context.Context, home, name string, until time.Time) Code {
	return k.changePasswords(ctx, home, func(s secret) (secret, Code) {
		name, ok := title(name)
		s.passwords = slices.DeleteFunc(slices.Clone(s.passwords), func(p password) bool {
			return !p.until.IsZero() && time.Now().After(p.until)
		})
		switch {
		case !ok:
			return s, BadName
		case s.named(name) >= 0:
			return s, Taken
		case len(s.passwords) >= api.MaxPasswords:
			return s, Full
		}
		s.passwords = append(s.passwords, newPassword(name, until))
		return s, NoCode
	})
}

// ChangePassword gives a view password another name or end.
func (k *Keeper) ChangePassword(ctx context.Context, home, name, to string, until time.Time) Code {
	return k.changePasswords(ctx, home, func(s secret) (secret, Code) {
		to, ok := title(to)
		i := s.named(name)
		switch {
		case i < 0:
			return s, Unknown
		case !ok:
			return s, BadName
		case to != name && s.named(to) >= 0:
			return s, Taken
		}
		s.passwords = slices.Clone(s.passwords)
		s.passwords[i].name, s.passwords[i].until = to, until.Truncate(time.Second)
		return s, NoCode
	})
}

// RemovePassword ends a view password. An agent needs one.
func (k *Keeper) RemovePassword(ctx context.Context, home, name string) Code {
	return k.changePasswords(ctx, home, func(s secret) (secret, Code) {
		i := s.named(name)
		switch {
		case i < 0:
			return s, Unknown
		case len(s.passwords) == 1:
			return s, Last
		}
		s.passwords = slices.Delete(slices.Clone(s.passwords), i, i+1)
		return s, NoCode
	})
}

// changePasswords changes the view passwords as the agents have them now: another
// computer may have changed them, too.
func (k *Keeper) changePasswords(ctx context.Context, home string, change func(secret) (secret, Code)) Code {
	return k.change(ctx, home, func(s secret) (secret, Code) {
		s, code := change(k.asOnAgents(ctx, home, s))
		s.version++
		return s, code
	})
}

// asOnAgents takes in the newest view passwords of some agents that answer.
func (k *Keeper) asOnAgents(ctx context.Context, home string, s secret) secret {
	var from []opens
	for _, a := range k.cfg.Agents() {
		k.mu.Lock()
		p := k.pins[a.ID]
		k.mu.Unlock()
		if p.home != home || !a.Answers || a.Access != cameras.AccessLocked {
			continue
		}
		if at, r := k.reach(ctx, a); r.Code == NoCode {
			from = append(from, opens{Agent: a, shown: p.spki, at: at})
		}
		if len(from) == maxHello {
			break
		}
	}
	return k.asKept(ctx, s, from)
}

// change replaces what is kept of a household.
func (k *Keeper) change(ctx context.Context, home string, change func(secret) (secret, Code)) Code {
	end, ok := k.begin(ctx)
	if !ok {
		return NotKept
	}
	defer end()
	k.waitForKeys(ctx)
	s, code := k.secretOf(home)
	if code != NoCode {
		return code
	}
	if s, code = change(s); code != NoCode {
		return code
	}
	return k.keep(ctx, home, "", s)
}

// Rename names a household on this computer.
func (k *Keeper) Rename(id, name string) Code {
	name, ok := title(name)
	if !ok {
		return BadName
	}
	k.mu.Lock()
	h := k.home(id)
	taken := slices.ContainsFunc(k.homes, func(o *home) bool { return o != h && o.name == name })
	if h != nil && !taken {
		h.name = name
	}
	k.mu.Unlock()
	switch {
	case h == nil:
		return Unknown
	case taken:
		return Taken
	case k.save() != nil:
		return NotKept
	}
	return NoCode
}

// Leave forgets a household on this computer. Its agents stay locked.
func (k *Keeper) Leave(ctx context.Context, home string) Code {
	end, ok := k.begin(ctx)
	if !ok {
		return NotKept
	}
	defer end()
	k.mu.Lock()
	known := k.home(home) != nil
	if known && k.lock != nil && k.lock.home == home {
		k.lock.cancel()
		k.lock = nil
	}
	k.mu.Unlock()
	if !known {
		return Unknown
	}
	k.drop(home)
	if k.cfg.Secrets != nil {
		ctx, cancel := context.WithTimeout(ctx, keepWithin)
		defer cancel()
		if err := k.cfg.Secrets.Delete(ctx, secretName(home)); err != nil {
			k.cfg.Logger.Error("the key of a household could not be forgotten", "household", home, "error", err)
			return NotKept
		}
	}
	return NoCode
}

// Watched is who watched an agent lately.
type Watched struct {
	Agent    Agent
	Watchers []api.Watcher
	Refusal
}

// Watchers asks who watched lately: one agent, those of a household, or all that are
// open.
func (k *Keeper) Watchers(ctx context.Context, home, agent string) []Watched {
	var list []*Watched
	for _, a := range k.cfg.Agents() {
		k.mu.Lock()
		p := k.pins[a.ID]
		k.mu.Unlock()
		if a.ID == agent || agent == "" && home != "" && p.home == home || agent == "" && home == "" && a.Access == cameras.AccessOpen && !k.Stranger(a.ID) {
			list = append(list, &Watched{Agent: a})
		}
	}
	ctx, cancel := context.WithTimeout(ctx, joinWithin)
	defer cancel()
	each(list, func(w *Watched) { w.Watchers, w.Refusal = k.watchersOf(ctx, w.Agent) })
	all := make([]Watched, len(list))
	for i, w := range list {
		all[i] = *w
	}
	return all
}

func (k *Keeper) watchersOf(ctx context.Context, a Agent) ([]api.Watcher, Refusal) {
	if k.cfg.Client == nil {
		return nil, Refusal{Code: NoAnswer}
	}
	if k.Pinned(a.ID) {
		at, r := k.reach(ctx, a)
		if r.Code != NoCode {
			return nil, r
		}
		list, err := k.cfg.Client.Watchers(ctx, at)
		return list, refusalOf(err)
	}
	r := Refusal{Code: NoAnswer}
	for _, address := range a.Addresses[:min(len(a.Addresses), maxHello)] {
		list, err := k.cfg.Client.Watchers(ctx, endpoint.HTTP(address))
		if r = refusalOf(err); r.Code == NoCode {
			return list, r
		}
	}
	return nil, r
}

// refusalOf is [refusal] of what may be no error.
func refusalOf(err error) Refusal {
	if err == nil {
		return Refusal{}
	}
	return refusal(err)
}
