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
	"pigrid/shared/household"
)

const (
	// claimEvery is how often an agent that is to be locked is asked whether it can be.
	claimEvery = 2 * time.Second
	// atOnce is how many agents are asked about access at a time.
	atOnce = 32
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

	shown  household.Hash // the public key with which it answered first
	trying bool           // an attempt to lock it is under way
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
	if k.locksAnother(id) {
		return id, Busy
	}
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
	l := k.lock
	if l != nil && l.home != id { // Lock has made sure that it has ended
		l.cancel()
		l = nil
	}
	if l == nil {
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

// locksAnother reports whether agents of another household are being locked.
func (k *Keeper) locksAnother(id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.lock != nil && k.lock.home != id && !k.lock.ended()
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
	turns := make(chan struct{}, atOnce)
	var tries sync.WaitGroup
	defer tries.Wait()
	for ctx.Err() == nil {
		for _, a := range k.unlocked(l) {
			if !k.startTry(l, a.ID) {
				continue // the last attempt goes on: it may answer very slowly
			}
			tries.Go(func() {
				defer k.note(l, a.ID, func(s *Step) { s.trying = false })
				select {
				case turns <- struct{}{}:
				case <-ctx.Done():
					return
				}
				defer func() { <-turns }()
				k.tryToLock(ctx, l, a)
			})
		}
		select {
		case <-ticker.C:
		case <-l.wake:
		case <-ctx.Done():
		}
	}
}

// locks reports whether an agent is being locked here.
func (k *Keeper) locks(id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.lock != nil && k.lock.steps[id] != nil
}

// startTry notes that an attempt to lock an agent begins. It reports false when one is
// under way or none is wanted.
func (k *Keeper) startTry(l *locking, id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := l.steps[id]
	if s == nil || s.trying {
		return false
	}
	s.trying = true
	return true
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
