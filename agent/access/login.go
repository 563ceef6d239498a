package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
)

// CookieTime is how long a browser stays logged in.
const CookieTime = 180 * 24 * time.Hour

// floor is a time that has passed: a clock that says less is wrong, as a Pi's is
// that boots without a network.
var floor = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

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
		found = p.Hash.Equal(hash) && lasts(p, now) || found // looks at all, so that its time says nothing
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

// lasts reports whether a password has not ended. One that ends does not count while
// the clock is plainly wrong.
func lasts(p api.ViewPassword, now time.Time) bool {
	end, ends := endOf(p)
	return !ends || now.Before(end) && now.After(floor)
}

// cookie is what a browser keeps: when it ends, which password it was for, and a MAC
// of both under a key that only this agent has.
const cookieBytes = 8 + 8 + sha256.Size

// NewCookie logs a browser in that sends this password; ok is false when it is
// wrong.
func (a *Access) NewCookie(typed string) (value string, ok bool) {
	hash, ok := a.view(typed)
	if !ok {
		return "", false
	}
	now := a.cfg.Now()
	if now.Before(floor) {
		now = floor // or the cookie would have ended when the clock is set
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.owner == nil {
		return "", false
	}
	return hex.EncodeToString(a.owner.cookie(now.Add(CookieTime), hash)), true
}

// cookie makes one that lasts until end.
func (o *owner) cookie(end time.Time, view household.Hash) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(max(end.Unix(), 0)))
	b = append(b, view[:8]...)
	key := o.Key.Cookie(view)
	m := hmac.New(sha256.New, key[:])
	m.Write(b)
	return m.Sum(b)
}

// Cookie reports whether a browser with this cookie may watch.
func (a *Access) Cookie(value string) bool {
	if len(value) != hex.EncodedLen(cookieBytes) {
		return false
	}
	b, err := hex.DecodeString(strings.ToLower(value))
	if err != nil {
		return false
	}
	now, end := a.cfg.Now(), time.Unix(int64(min(binary.BigEndian.Uint64(b), 1<<40)), 0) //nolint:gosec // it is small
	if !now.Before(end) {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	found := false
	for _, p := range a.passwords() {
		found = hmac.Equal(a.owner.cookie(end, p.Hash), b) && lasts(p, now) || found
	}
	return found
}
