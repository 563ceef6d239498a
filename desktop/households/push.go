package households

import (
	"context"
	"net/http"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/household"
)

const (
	// pushEvery is how often agents are looked at that have not been sent everything.
	pushEvery = 2 * time.Second
	// pushAgain is how long one that did not take it is left alone.
	pushAgain = 10 * time.Second
)

// keepUp sends agents what they do not have yet, until the Tasks end: the newest key and
// view passwords of their household, and what their owner said of them.
func (k *Keeper) keepUp() {
	ticker := time.NewTicker(pushEvery)
	defer ticker.Stop()
	ctx := k.cfg.Tasks.Context()
	for {
		select {
		case <-ticker.C:
		case <-k.poke:
		case <-ctx.Done():
			return
		}
		each(k.waiting(), func(a Agent) { k.push(ctx, a) })
	}
}

// waiting returns the agents that answer and have not been sent everything.
func (k *Keeper) waiting() []Agent {
	if !k.hasKeys() {
		return nil
	}
	var list []Agent
	now := time.Now()
	for _, a := range k.cfg.Agents() {
		if a.Answers && a.Access == cameras.AccessLocked && k.waits(a.ID) && !now.Before(k.pushedBy(a.ID).again) {
			list = append(list, a)
		}
	}
	return list
}

func (k *Keeper) pushedBy(id string) pushed {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pushed[id]
}

// waits reports whether an agent has not been sent everything.
func (k *Keeper) waits(id string) bool {
	p, s, ok := k.heldBy(id)
	if !ok {
		return false
	}
	facts := k.cfg.Facts(id)
	return p.serial != s.serial || p.passwords != s.version || facts.Name != "" || len(facts.Cameras) > 0
}

// heldBy returns what is believed of an agent, and the secret of its household.
func (k *Keeper) heldBy(id string) (p pin, s secret, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p = k.pins[id]
	h := k.home(p.home)
	if h == nil || h.key.IsZero() {
		return p, s, false
	}
	return p, h.secret, true
}

// push sends one agent what it does not have yet.
func (k *Keeper) push(ctx context.Context, a Agent) {
	r := k.pushAll(ctx, a)
	k.mu.Lock()
	before := k.pushed[a.ID].code
	if r.Code == NoCode {
		delete(k.pushed, a.ID)
	} else {
		k.pushed[a.ID] = pushed{r.Code, time.Now().Add(pushAgain)}
	}
	k.mu.Unlock()
	if r.Code != NoCode && r.Code != before {
		k.cfg.Logger.Warn("an agent did not take what is new", "agent", a.ID, "code", r.Code, "detail", r.Detail)
	}
}

func (k *Keeper) pushAll(ctx context.Context, a Agent) Refusal {
	p, s, ok := k.heldBy(a.ID)
	if !ok {
		return Refusal{Code: Unreadable}
	}
	at, r := k.reach(ctx, a)
	if r.Code != NoCode {
		return r
	}
	if p.serial != s.serial {
		key := s.key.ForAgent(a.ID, p.spki)
		if err := k.cfg.Client.Tell(ctx, at, http.MethodPut, api.KeyPath, api.NewKey{Key: key}); err != nil {
			return refusal(err)
		}
		at.Bearer = key.Bearer()
		k.noteSent(a.ID, func(p *pin) { p.serial = s.serial })
	}
	if p.passwords == unknownVersion { // most often it has the right ones
		list, err := k.cfg.Client.Passwords(ctx, at)
		if err == nil && list.Version == s.version && list.Signed.Equal(s.forAgents().Signed) {
			p.passwords = s.version
			k.noteSent(a.ID, func(p *pin) { p.passwords = s.version })
		}
	}
	if p.passwords != s.version {
		if err := k.cfg.Client.Tell(ctx, at, http.MethodPut, api.PasswordsPath, s.forAgents()); err != nil {
			if f := client.FailureOf(err); f != nil && f.Code == api.CodeStale {
				return k.takeNewer(ctx, p.home, at)
			}
			return refusal(err)
		}
		k.noteSent(a.ID, func(p *pin) { p.passwords = s.version })
	}
	return k.sendFacts(ctx, at, a.ID)
}

// takeNewer takes in view passwords that another computer has given an agent meanwhile.
// All agents are sent them then. Where both have the same version, those stand that win on
// all computers, as the next version if they are ours.
func (k *Keeper) takeNewer(ctx context.Context, home string, at endpoint.Endpoint) Refusal {
	list, err := k.cfg.Client.Passwords(ctx, at)
	if err != nil {
		return refusal(err)
	}
	s, code := k.secretOf(home)
	switch {
	case code != NoCode:
		return Refusal{Code: code}
	case !s.signed(list):
		return Refusal{Code: TooMuch} // no computer of ours made them
	}
	code = k.change(ctx, home, func(s secret) (secret, Code) {
		if s.beats(list) {
			s.version++
			return s, NoCode
		}
		return s.adopt(list), NoCode
	})
	if list.Version == s.version { // other agents may have taken either
		k.forgetSent(home)
	}
	k.checkOwn(home)
	return Refusal{Code: code}
}

// forgetSent has the agents of a household asked again which view passwords they have.
func (k *Keeper) forgetSent(home string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for id, p := range k.pins {
		if p.home == home {
			p.passwords = unknownVersion
			k.pins[id] = p
		}
	}
}

// noteSent notes what an agent has by now.
func (k *Keeper) noteSent(id string, change func(*pin)) {
	k.mu.Lock()
	p := k.pins[id]
	k.mu.Unlock()
	change(&p)
	k.setPin(id, p)
}

// sendFacts sends what the owner said of an agent and its cameras.
func (k *Keeper) sendFacts(ctx context.Context, at endpoint.Endpoint, id string) Refusal {
	facts := k.cfg.Facts(id)
	if facts.Name != "" {
		if err := k.cfg.Client.Tell(ctx, at, http.MethodPut, api.NamePath, api.NewName{Name: facts.Name}); err != nil {
			return refusal(err)
		}
		k.cfg.Sent(id, Facts{Name: facts.Name})
	}
	for camera, m := range facts.Cameras {
		if err := k.cfg.Client.Tell(ctx, at, http.MethodPut, api.CameraPath+camera, m); err != nil {
			return refusal(err)
		}
		k.cfg.Sent(id, Facts{Cameras: map[string]api.Mounting{camera: m}})
	}
	return Refusal{}
}

// reach returns where an agent answers now, with the bearer that it knows.
func (k *Keeper) reach(ctx context.Context, a Agent) (endpoint.Endpoint, Refusal) {
	p, bearer, _ := k.way(a.ID)
	if (p == pin{}) {
		return endpoint.Endpoint{}, Refusal{Code: Unknown}
	}
	seen, err := k.hello(ctx, a.ID, over(endpoint.All(a.Addresses), p.spki, household.Hash{}))
	if err != nil {
		return endpoint.Endpoint{}, refusal(err)
	}
	return endpoint.Pinned(seen.At.Addr, p.spki, bearer), Refusal{}
}

// agent returns one that exists.
func (k *Keeper) agent(id string) (Agent, bool) {
	for _, a := range k.cfg.Agents() {
		if a.ID == id {
			return a, true
		}
	}
	return Agent{}, false
}

// owned returns where an agent of a household answers, to be told something at once.
func (k *Keeper) owned(ctx context.Context, id string) (endpoint.Endpoint, Refusal) {
	a, ok := k.agent(id)
	if !ok {
		return endpoint.Endpoint{}, Refusal{Code: Unknown}
	}
	if _, _, ok := k.heldBy(id); !ok {
		return endpoint.Endpoint{}, Refusal{Code: NeedsKey}
	}
	return k.reach(ctx, a)
}

// Release gives one agent up: it is open again, and anybody can claim it. It is believed
// with its public key only, as before.
func (k *Keeper) Release(ctx context.Context, id string) Refusal {
	at, r := k.owned(ctx, id)
	if r.Code != NoCode {
		return r
	}
	if err := k.cfg.Client.Tell(ctx, at, http.MethodDelete, api.AccessPath, struct{}{}); err != nil {
		return refusal(err)
	}
	k.mu.Lock()
	k.known[id] = true
	k.mu.Unlock()
	k.setPin(id, pin{spki: at.Pin})
	return Refusal{}
}

// GiveUp takes an agent out of its household without asking it: it was stolen or is dead.
// Nothing is sent to it any more, and it is taken in again only when a person accepts it.
func (k *Keeper) GiveUp(id string) Code {
	k.mu.Lock()
	_, ok := k.pins[id]
	delete(k.pins, id)
	delete(k.tried, id)
	delete(k.pushed, id)
	k.mu.Unlock()
	if !ok {
		return Unknown
	}
	k.Decline(id)
	k.cfg.Repinned(id)
	return NoCode
}

// NameAgent names an agent of a household, for everybody.
func (k *Keeper) NameAgent(ctx context.Context, id, name string) Refusal {
	return k.tell(ctx, id, api.NamePath, api.NewName{Name: name})
}

// Mount says of a camera of a household how it is called and mounted, for everybody.
func (k *Keeper) Mount(ctx context.Context, id, camera string, m api.Mounting) Refusal {
	return k.tell(ctx, id, api.CameraPath+camera, m)
}

func (k *Keeper) tell(ctx context.Context, id, path string, body any) Refusal {
	at, r := k.owned(ctx, id)
	if r.Code != NoCode {
		return r
	}
	if err := k.cfg.Client.Tell(ctx, at, http.MethodPut, path, body); err != nil {
		return refusal(err)
	}
	k.cfg.Again(id)
	return Refusal{}
}

// Trust takes the public key that an agent has now. If it is locked and proves one of
// our keys, it belongs to that household again. It takes none of who shows none: anybody
// can answer without encryption, and would be believed from then on.
func (k *Keeper) Trust(ctx context.Context, id string) Refusal {
	a, ok := k.agent(id)
	if !ok || !k.Pinned(id) {
		return Refusal{Code: Unknown}
	}
	home, serial, proved := "", 0, false
	shown := map[household.Hash]bool{}
	seen, err := k.helloUntil(ctx, id, endpoint.All(a.Addresses), func(s client.Seen) bool {
		shown[s.Shown] = true
		if s.Access == api.Locked {
			home, serial, _ = k.proves(ctx, s)
			proved = home != ""
		}
		return proved
	})
	if f := refusalOf(err); f.Code != NoCode {
		return f
	}
	if !proved && len(shown) > 1 { // one of them lies, and nobody can tell which
		return Refusal{Code: Ambiguous}
	}
	p := pin{spki: seen.Shown}
	if proved {
		p = k.belongs(p, home, serial)
	}
	k.mu.Lock()
	k.known[id] = true // it had a tile
	k.mu.Unlock()
	k.setPin(id, p)
	k.cfg.Repinned(id)
	return Refusal{}
}
