package households

import (
	"context"
	"time"

	"pigrid/desktop/client"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/household"
)

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
	right := func(s client.Seen) bool { return k.believes(a.ID, s.Shown) && k.sameAsBefore(l, a.ID, s.Shown) }
	seen, err := k.helloUntil(ctx, a.ID, endpoint.All(a.Addresses), right)
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		failed(refusal(err))
		return
	case !right(seen):
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
	home, serial, err := k.proves(ctx, seen)
	switch {
	case err != nil:
		return refusal(err)
	case home == "":
		return Refusal{Code: Claimed}
	}
	k.setPin(seen.ID, k.belongs(k.pinOf(seen.ID, seen.Shown), home, serial))
	k.note(l, seen.ID, func(s *Step) { s.Step, s.ClaimUntil, s.Refusal = StepLocked, time.Time{}, Refusal{} })
	return Refusal{}
}

// pinOf is what is believed of an agent until now, with the public key that it showed.
func (k *Keeper) pinOf(agent string, shown household.Hash) pin {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := k.pins[agent]
	p.spki = shown
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
