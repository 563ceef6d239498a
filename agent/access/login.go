package access

import (
	"net/netip"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
)

// Wrong counts a wrong login from an address; see [tries.Tries.Wrong].
func (a *Access) Wrong(from netip.Addr) (wait time.Duration) { return a.tries.Wrong(from, time.Now()) }

// Prove answers a nonce, so that the app knows whether this is its camera.
func (a *Access) Prove(nonce household.Hash) (household.Hash, *api.Refusal) {
	now := a.current()
	if now == nil {
		return household.Hash{}, a.notLocked()
	}
	return now.Key.Proof(nonce), nil
}

// Bearer reports whether hex is what the app sends.
func (a *Access) Bearer(hex string) bool {
	got, err := household.ParseHash(hex)
	a.mu.Lock()
	defer a.mu.Unlock()
	return err == nil && a.owner != nil && a.owner.Key.Bearer().Equal(got)
}

// View reports whether somebody who typed this may watch.
func (a *Access) View(typed string) bool {
	_, ok := a.view(typed)
	return ok
}

func (a *Access) view(typed string) (household.Hash, bool) {
	v, err := household.ParseViewPassword(typed)
	if err != nil {
		return household.Hash{}, false
	}
	hash, now := v.Hash(), a.cfg.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	found := false
	for _, p := range a.passwords() {
		found = p.Hash.Equal(hash) && p.Lasts(now) || found // looks at all, so that its time says nothing
	}
	return hash, found
}

// passwords needs mu.
func (a *Access) passwords() []api.ViewPassword {
	if a.owner == nil {
		return nil
	}
	return a.owner.Passwords
}

// NewCookie logs a browser in that sends this password; ok is false when it is
// wrong.
func (a *Access) NewCookie(typed string) (value string, ok bool) {
	hash, ok := a.view(typed)
	if !ok {
		return "", false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.owner == nil {
		return "", false
	}
	return a.owner.Key.NewCookie(hash, household.CookieEnd(a.cfg.Now())), true
}

// Cookie reports whether a browser with this cookie may watch.
func (a *Access) Cookie(value string) bool {
	now := a.cfg.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	found := false
	for _, p := range a.passwords() {
		found = a.owner.Key.Signed(value, p.Hash, now) && p.Lasts(now) || found
	}
	return found
}
