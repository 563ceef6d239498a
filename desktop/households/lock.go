package households

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/settings"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/household"
)

const (
	// claimEvery is how often an agent that is to be locked is asked whether it can be.
	claimEvery = 2 * time.Second
	// atOnce is how many agents are asked about access at a time.
	atOnce = 8
)

// Steps of locking an agent.
const (
	StepAsking   = "asking"
	StepClaiming = "claiming"
	StepRestart  = "restart" // it must be switched off and on
	StepLocked   = "locked"
	StepFailed   = "failed"
)

// Step is how far locking an agent is.
type Step struct {
	ID, Name, Address string
	Step              string
	ClaimUntil        time.Time // zero when it cannot be claimed, or nobody knows
	Refusal

	shown household.Hash // the public key with which it answered first
}

// Refusal is why something came to nothing: NoCode when it did not. Message and Hint are
// the agent's own words.
type Refusal struct {
	Code                  Code
	Message, Hint, Detail string
}

// refusal is why a question about access failed.
func refusal(err error) Refusal {
	f := client.FailureOf(err)
	if f == nil {
		return Refusal{Code: NoAnswer}
	}
	r := Refusal{Code: NoAnswer, Message: f.Message, Hint: f.Hint, Detail: f.Detail}
	switch {
	case f.Code != "":
		r.Code = codeOf(f.Code)
	case f.Status != 0:
		r.Code = Refused
	case f.Reason == cameras.ReasonChangedKey:
		r.Code = ChangedKey
	case f.Reason == cameras.ReasonTooOld:
		r.Code = NoTLS
	case f.Reason == cameras.ReasonBadHTTP, f.Reason == cameras.ReasonNotPigrid:
		r.Code = TooMuch
	}
	return r
}

// locking is the locking of a household's agents.
type locking struct {
	home   string
	cancel context.CancelFunc
	wake   chan struct{}
	steps  map[string]*Step // by agent
}

// Lock makes a household, unless it is given one, and locks all open agents, or the one
// that is given. It returns when the household is kept; locking goes on until EndLock.
func (k *Keeper) Lock(ctx context.Context, id, name, password, agent string) (home string, code Code) {
	end, ok := k.begin(ctx)
	if !ok {
		return id, NotKept
	}
	defer end()
	k.waitForKeys(ctx)
	if id == "" {
		if id, code = k.make(ctx, name, password); code != NoCode {
			return "", code
		}
	} else if _, code := k.secretOf(id); code != NoCode {
		return id, code
	}
	return id, k.startLocking(id, agent)
}

// make makes a household with a new key and its first view password.
func (k *Keeper) make(ctx context.Context, name, first string) (id string, code Code) {
	name, ok := title(name)
	first, fine := title(first)
	if !ok || !fine {
		return "", BadName
	}
	if code := k.free(name); code != NoCode {
		return "", code
	}
	id = newID()
	return id, k.keep(ctx, id, name, secret{key: household.NewKey(), serial: 1, version: 1, passwords: []password{newPassword(first, time.Time{})}})
}

// free reports whether there can be another household of a name.
func (k *Keeper) free(name string) Code {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.homes) >= settings.MaxHouseholds {
		return Full
	}
	for _, h := range k.homes {
		if h.name == name {
			return Taken
		}
	}
	return NoCode
}

func (k *Keeper) startLocking(id, only string) Code {
	var targets []Agent
	for _, a := range k.cfg.Agents() {
		open := a.Access == cameras.AccessOpen || a.Access == cameras.NoAccess && !k.Pinned(a.ID)
		if a.ID == only || only == "" && open && a.Cameras > 0 && !k.Stranger(a.ID) {
			targets = append(targets, a)
		}
	}
	if only != "" && len(targets) == 0 {
		return Unknown
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if l := k.lock; l != nil && l.home != id && l.ended() {
		l.cancel()
		k.lock = nil
	}
	l := k.lock
	switch {
	case l != nil && l.home != id:
		return Busy
	case l == nil:
		ctx, cancel := context.WithCancel(k.cfg.Tasks.Context())
		l = &locking{home: id, cancel: cancel, wake: make(chan struct{}, 1), steps: map[string]*Step{}}
		k.lock = l
		k.cfg.Tasks.Go(func() { defer cancel(); k.runLock(ctx, l) })
	}
	for _, a := range targets {
		if s := l.steps[a.ID]; s == nil || s.Step == StepLocked && a.Access != cameras.AccessLocked { // it was reset since
			l.steps[a.ID] = &Step{ID: a.ID, Name: a.Name, Step: StepAsking}
			k.known[a.ID] = true
		}
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return NoCode
}

// ended reports whether there is nothing left to lock. It is for who holds the lock of
// the Keeper.
func (l *locking) ended() bool {
	for _, s := range l.steps {
		if s.Step != StepLocked {
			return false
		}
	}
	return true
}

// EndLock ends locking. What is locked stays so.
func (k *Keeper) EndLock() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lock != nil {
		k.lock.cancel()
		k.lock = nil
	}
}

// runLock tries those that are not locked yet, over and over: they can be claimed once
// they were switched off and on.
func (k *Keeper) runLock(ctx context.Context, l *locking) {
	ticker := time.NewTicker(claimEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		each(k.unlocked(l), func(a Agent) { k.tryToLock(ctx, l, a) })
		select {
		case <-ticker.C:
		case <-l.wake:
		case <-ctx.Done():
		}
	}
}

// unlocked returns the agents that are not locked yet, where they are now.
func (k *Keeper) unlocked(l *locking) []Agent {
	all := k.cfg.Agents()
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.DeleteFunc(all, func(a Agent) bool {
		s := l.steps[a.ID]
		return s == nil || s.Step == StepLocked
	})
}

// each calls do for all of a list, a few at a time.
func each[T any](list []T, do func(T)) {
	var wg sync.WaitGroup
	turns := make(chan struct{}, atOnce)
	for _, one := range list {
		turns <- struct{}{}
		wg.Go(func() { defer func() { <-turns }(); do(one) })
	}
	wg.Wait()
}

// note changes what is known of locking an agent.
func (k *Keeper) note(l *locking, id string, change func(*Step)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := l.steps[id]; s != nil {
		change(s)
	}
}

// tryToLock claims an agent if that can be done now.
func (k *Keeper) tryToLock(ctx context.Context, l *locking, a Agent) {
	failed := func(r Refusal) {
		k.note(l, a.ID, func(s *Step) {
			if s.Step == StepRestart && r.Code == NoAnswer {
				s.ClaimUntil = time.Time{}
				return // it is being switched off and on
			}
			if r.Code == NoAnswer {
				s.ClaimUntil = time.Time{}
			}
			s.Step, s.Refusal = StepFailed, r
		})
	}
	s, code := k.secretOf(l.home)
	if code != NoCode {
		failed(Refusal{Code: code})
		return
	}
	seen, err := k.hello(ctx, a.ID, endpoint.All(a.Addresses))
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		failed(refusal(err))
		return
	case !k.believes(a.ID, seen.Shown) || !k.sameAsBefore(l, a.ID, seen.Shown):
		failed(Refusal{Code: ChangedKey}) // somebody may answer in its place while it is switched off
		return
	case !k.hasRoom(a.ID):
		failed(Refusal{Code: Full})
		return
	}
	k.note(l, a.ID, func(s *Step) { s.Address = seen.At.Addr })
	switch {
	case seen.Access == api.Locked:
		if r := k.adoptLocked(ctx, l, seen); r.Code != NoCode {
			failed(r)
		}
	case seen.ClaimSeconds == 0:
		r := Refusal{Code: ClaimClosed}
		if p := seen.Problem; p != nil {
			r.Message, r.Hint = p.Message, p.Hint
			if code := codeOf(p.Code); code == HeldOpen || code == NotStored { // to switch it off and on does not help
				r.Code = code
				failed(r)
				return
			}
		}
		k.note(l, a.ID, func(s *Step) { s.Step, s.ClaimUntil, s.Refusal = StepRestart, time.Time{}, r })
	default:
		until := time.Now().Add(time.Duration(seen.ClaimSeconds) * time.Second).Truncate(time.Second)
		k.note(l, a.ID, func(st *Step) { st.Step, st.ClaimUntil, st.Refusal = StepClaiming, until, Refusal{} })
		if r := k.claim(ctx, l, seen, s); r.Code != NoCode && ctx.Err() == nil {
			failed(r)
		}
	}
}

// believes reports whether an agent may have this public key.
func (k *Keeper) believes(agent string, shown household.Hash) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.pins[agent]
	return !ok || p.spki.Equal(shown)
}

// sameAsBefore reports whether an agent that is to be locked shows the public key that it
// showed first.
func (k *Keeper) sameAsBefore(l *locking, id string, shown household.Hash) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := l.steps[id]
	if s == nil {
		return false
	}
	if (s.shown == household.Hash{}) {
		s.shown = shown
	}
	return s.shown.Equal(shown)
}

// adoptLocked takes in an agent that is locked already, if it opens with one of our
// keys: we locked it a moment ago and did not hear the answer, or another computer did.
func (k *Keeper) adoptLocked(ctx context.Context, l *locking, seen client.Seen) Refusal {
	home, serial, ok := k.proves(ctx, seen)
	if !ok {
		return Refusal{Code: Claimed}
	}
	k.setPin(seen.ID, k.belongs(k.pinOf(seen), home, serial))
	k.note(l, seen.ID, func(s *Step) { s.Step, s.ClaimUntil, s.Refusal = StepLocked, time.Time{}, Refusal{} })
	return Refusal{}
}

// pinOf is what is believed of an agent until now, with the public key that it showed.
func (k *Keeper) pinOf(seen client.Seen) pin {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := k.pins[seen.ID]
	p.spki = seen.Shown
	return p
}

// claim makes an open agent one of the household. It believes that only when the agent
// proves the key, and refuses who has none.
func (k *Keeper) claim(ctx context.Context, l *locking, seen client.Seen, s secret) Refusal {
	key := s.key.ForAgent(seen.ID, seen.Shown)
	at := endpoint.Pinned(seen.At.Addr, seen.Shown, household.Hash{})
	list := s.forAgents()
	err := k.cfg.Client.Claim(ctx, at, api.Claim{Key: key, Passwords: list.Passwords, Version: list.Version, Signed: list.Signed})
	if err != nil {
		return refusal(err)
	}
	_, err = k.cfg.Find(ctx, seen.ID, []endpoint.Endpoint{at}) // without a key
	if !isLocked(client.FailureOf(err)) || !k.provesKey(ctx, seen, key) {
		return Refusal{Code: StillOpen}
	}
	k.setPin(seen.ID, pin{spki: seen.Shown, home: l.home, serial: s.serial, passwords: s.version})
	k.note(l, seen.ID, func(st *Step) { st.Step, st.ClaimUntil, st.Refusal = StepLocked, time.Time{}, Refusal{} })
	k.cfg.Logger.Info("an agent was locked", "agent", seen.ID, "household", l.home)
	k.wake()
	return Refusal{}
}

// Locking returns how far locking is, by name, and of which household; home is empty
// when none is going on.
func (k *Keeper) Locking() (home string, steps []Step) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.lock == nil {
		return "", nil
	}
	for _, s := range k.lock.steps {
		steps = append(steps, *s)
	}
	slices.SortFunc(steps, func(a, b Step) int {
		return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
	})
	return k.lock.home, steps
}
