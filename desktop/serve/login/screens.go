package login

import (
	"crypto/rand"
	"crypto/subtle"
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	// ScreenTime is how long a code can be used.
	ScreenTime = 3 * time.Minute
	// maxScreens is how many codes are open at once, maxOfOne how many of one address.
	maxScreens = 64
	maxOfOne   = 4
)

// Screens are the TVs and other screens that want to be logged in by somebody who is
// already (RFC 8628). A screen shows a short code, and asks with a long secret whether
// somebody confirmed it. The zero value is ready, and safe for concurrent use.
type Screens struct {
	mu   sync.Mutex
	open []*screen // the first to come first
}

type screen struct {
	Screen
	pass *Pass // that confirmed it, nil for none yet
}

// Screen is one that wants to be logged in.
type Screen struct {
	Code   Code
	Secret string // for the screen alone
	From   netip.Addr
	Next   string // the page that it wants to see
	Since  time.Time
	Left   time.Duration // until the code ends
}

// ScreenState is what came of a screen's wish.
type ScreenState int

// What can come of it.
const (
	ScreenEnded ScreenState = iota // or there never was one
	ScreenWaits
	ScreenMayWatch
)

// Open gives a screen at an address a code. One whose secret still waits keeps its own. ok
// is false when there are too many codes.
func (s *Screens) Open(from netip.Addr, secret, next string, now time.Time) (opened Screen, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := networkOf(from)
	s.tidy(now)
	if one := s.of(secret); one != nil && one.pass == nil {
		return one.at(now), true
	}
	mine := 0
	for _, one := range s.open {
		if networkOf(one.From) == of {
			mine++
		}
	}
	if mine >= maxOfOne { // its oldest was left behind, when its browser was closed
		i := slices.IndexFunc(s.open, func(one *screen) bool { return networkOf(one.From) == of })
		s.open = slices.Delete(s.open, i, i+1)
	}
	if len(s.open) >= maxScreens {
		return Screen{}, false
	}
	one := &screen{Screen: Screen{Code: s.newCode(), Secret: rand.Text(), From: from, Next: next, Since: now}}
	s.open = append(s.open, one)
	return one.at(now), true
}

// networkOf is whose an address is: an IPv6 host has all of its /64.
func networkOf(from netip.Addr) netip.Prefix {
	bits := from.BitLen()
	if from.Is6() && !from.Is4In6() {
		bits = 64
	}
	p, _ := from.Prefix(bits) // of no address: no prefix
	return p
}

// Find returns the screen that shows a code and waits.
func (s *Screens) Find(code Code, now time.Time) (found Screen, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tidy(now)
	if one := s.waiting(code); one != nil {
		return one.at(now), true
	}
	return Screen{}, false
}

// Confirm lets the screen in that shows a code, with the password of who confirms. A code
// counts once.
func (s *Screens) Confirm(code Code, pass *Pass, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tidy(now)
	one := s.waiting(code)
	if one == nil {
		return false
	}
	one.pass = pass
	return true
}

// Ask says what came of a screen's wish. When it may watch, pass is with which password,
// and its secret counts no more.
func (s *Screens) Ask(secret string, now time.Time) (found Screen, pass *Pass, state ScreenState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tidy(now)
	one := s.of(secret)
	switch {
	case one == nil:
		return Screen{}, nil, ScreenEnded
	case one.pass == nil:
		return one.at(now), nil, ScreenWaits
	}
	s.open = slices.DeleteFunc(s.open, func(other *screen) bool { return other == one })
	if one.pass.ctx.Err() != nil { // it was removed meanwhile
		return Screen{}, nil, ScreenEnded
	}
	return one.at(now), one.pass, ScreenMayWatch
}

func (one *screen) at(now time.Time) Screen {
	shown := one.Screen
	shown.Left = ScreenTime - now.Sub(one.Since)
	return shown
}

// tidy drops codes that have ended. It needs mu, as what follows does.
func (s *Screens) tidy(now time.Time) {
	s.open = slices.DeleteFunc(s.open, func(one *screen) bool { return now.Sub(one.Since) >= ScreenTime })
}

func (s *Screens) waiting(code Code) *screen {
	for _, one := range s.open {
		if one.Code == code && one.pass == nil {
			return one
		}
	}
	return nil
}

func (s *Screens) of(secret string) (found *screen) {
	for _, one := range s.open {
		if subtle.ConstantTimeCompare([]byte(one.Secret), []byte(secret)) == 1 {
			found = one
		}
	}
	return found
}

func (s *Screens) newCode() Code {
	for {
		code := newCode()
		if !slices.ContainsFunc(s.open, func(one *screen) bool { return one.Code == code }) {
			return code
		}
	}
}
