package access

import (
	"net/http"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
)

func invalid(detail string) *api.Refusal {
	return &api.Refusal{Status: http.StatusBadRequest, Code: api.CodeInvalid, Title: "Invalid request", Detail: detail}
}

// mayClaim says why nobody can claim the agent now; nil when somebody can. It needs
// mu.
func (a *Access) mayClaim() *api.Refusal {
	refuse := func(status int, code api.Code, detail, hint string) *api.Refusal {
		return &api.Refusal{Status: status, Code: code, Title: "This agent cannot be locked now", Detail: detail, Hint: hint}
	}
	switch {
	case a.held:
		return refuse(http.StatusForbidden, api.CodeHeldOpen, "A file pigrid-open on the Pi's card keeps this agent open.", "Delete the file from the boot partition.")
	case a.unreadable, a.owner != nil:
		return refuse(http.StatusConflict, api.CodeClaimed, "This agent has an owner already.", "Enter its household key. If nobody has it: sudo pigrid-agent access reset on the Pi.")
	case !a.lasting:
		return refuse(http.StatusForbidden, api.CodeNotKept, "This agent would forget its owner at the next restart.", "Give it a state folder that lasts: --state-dir, or a volume for the container.")
	case a.problem != nil && a.problem.Code == api.CodeNotKept:
		return refuse(http.StatusInsufficientStorage, api.CodeNotKept, a.problem.Message, a.problem.Hint)
	case !time.Now().Before(a.claimUntil):
		return refuse(http.StatusForbidden, api.CodeClaimClosed, "An agent can be locked in the first 15 minutes after it was switched on.", "Unplug this Pi and plug it back in. Or on the Pi: sudo pigrid-agent access claim.")
	}
	return nil
}

// notStored says that nothing has changed.
func notStored(err error) *api.Refusal {
	return &api.Refusal{
		Status: http.StatusInsufficientStorage, Code: api.CodeNotKept, Title: "Nothing has changed",
		Detail: "The agent could not save it: " + err.Error() + ".", Hint: saveHint,
	}
}

// Claim locks the agent for who sends this first.
func (a *Access) Claim(c api.Claim) *api.Refusal {
	a.changing.Lock()
	defer a.changing.Unlock()
	a.mu.Lock()
	r := a.mayClaim()
	a.mu.Unlock()
	if r != nil {
		return r
	}
	if c.Key == (household.AgentKey{}) {
		return invalid("The claim has no key.")
	}
	if r := checkPasswords(c.Passwords); r != nil {
		return r
	}
	if r := a.replace(&owner{ID: a.cfg.ID, Board: a.cfg.Board, SPKI: a.spki, Key: c.Key, Passwords: c.Passwords, Version: c.Version, Signed: c.Signed}); r != nil {
		return r
	}
	a.cfg.Log.Info("the agent is locked: it has an owner now")
	return nil
}

// replace makes o the owner once it is stored. It needs changing, and not mu.
func (a *Access) replace(o *owner) *api.Refusal {
	if err := a.store(o); err != nil {
		a.cfg.Log.Warn("who may watch could not be saved, so nothing has changed", "error", err, "hint", saveHint)
		return notStored(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.owner, a.unreadable = o, false
	if o == nil || o.SPKI == a.spki {
		a.problem = nil
	}
	a.change()
	return nil
}

// current returns the owner, who changes only while changing is held.
func (a *Access) current() *owner {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.owner
}

// SetKey replaces the agent's key, when its household has a new one.
func (a *Access) SetKey(key household.AgentKey) *api.Refusal {
	a.changing.Lock()
	defer a.changing.Unlock()
	now := a.current()
	if now == nil {
		return a.notLocked()
	}
	if key == (household.AgentKey{}) {
		return invalid("There is no key.")
	}
	next := *now
	next.Key, next.SPKI = key, a.spki
	if r := a.replace(&next); r != nil {
		return r
	}
	a.cfg.Log.Info("the agent has a new household key")
	return nil
}

// SetPasswords replaces all view passwords, unless they are older than those that are
// there. The same ones change nothing.
func (a *Access) SetPasswords(p api.Passwords) *api.Refusal {
	a.changing.Lock()
	defer a.changing.Unlock()
	now := a.current()
	if now == nil {
		return a.notLocked()
	}
	if r := checkPasswords(p.Passwords); r != nil {
		return r
	}
	same := p.Version == now.Version && p.Signed.Equal(now.Signed)
	switch {
	case same && now.Version > 0:
		return nil
	case p.Version < now.Version || p.Version == now.Version && now.Version > 0:
		return &api.Refusal{
			Status: http.StatusConflict, Code: api.CodeStale, Title: "Nothing has changed",
			Detail: "Another computer has changed the view passwords since.", Hint: "Read them and try again.",
		}
	}
	next := *now
	next.Passwords, next.Version, next.Signed = p.Passwords, p.Version, p.Signed
	if r := a.replace(&next); r != nil {
		return r
	}
	a.cfg.Log.Info("the view passwords have changed", "count", len(p.Passwords))
	return nil
}

// Passwords lists the view passwords.
func (a *Access) Passwords() api.Passwords {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.owner == nil {
		return api.Passwords{Passwords: []api.ViewPassword{}}
	}
	return api.Passwords{Passwords: a.owner.Passwords, Version: a.owner.Version, Signed: a.owner.Signed}
}

// Release makes the agent open and claimable, as its owner wants or who is at the
// Pi. Its key pair stays.
func (a *Access) Release() *api.Refusal {
	a.changing.Lock()
	defer a.changing.Unlock()
	if r := a.replace(nil); r != nil {
		return r
	}
	a.mu.Lock()
	a.claimUntil = time.Now().Add(claimTime)
	a.mu.Unlock()
	a.cfg.Log.Info("the agent is open to everybody on its network, and can be locked")
	return nil
}

// AllowClaim lets the agent be claimed for another 15 minutes, as who is at the Pi
// wants. It says why that would not help.
func (a *Access) AllowClaim() *api.Refusal {
	a.changing.Lock()
	defer a.changing.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	before := a.claimUntil
	a.claimUntil = time.Now().Add(claimTime)
	r := a.mayClaim()
	if r != nil {
		a.claimUntil = before
	}
	return r
}

// notLocked says why there is nothing to prove or to change.
func (a *Access) notLocked() *api.Refusal {
	if r := a.Unreadable(); r != nil {
		return r
	}
	return &api.Refusal{
		Status: http.StatusConflict, Code: api.CodeNotLocked, Title: "This agent is open",
		Detail: "It has no owner, so there is nothing to change.", Hint: "Lock it in the app first.",
	}
}

// Unreadable is what everybody is told while nobody can say who the owner is, nil when
// that is known.
func (a *Access) Unreadable() *api.Refusal {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.unreadable {
		return nil
	}
	return &api.Refusal{
		Status: http.StatusUnauthorized, Code: a.problem.Code, Title: "Nobody can log in", Detail: a.problem.Message, Hint: a.problem.Hint,
	}
}
