package login

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pigrid/shared/household"
)

var (
	tv    = netip.MustParseAddr("192.168.1.40")
	start = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
)

// want opens a screen that must get a code.
func want(t *testing.T, s *Screens, from netip.Addr, now time.Time) Screen {
	t.Helper()
	one, ok := s.Open(from, "", "/?kiosk", now)
	if !ok || one.From != from || one.Next != "/?kiosk" || one.Left != ScreenTime {
		t.Fatalf("%+v, %v", one, ok)
	}
	return one
}

func TestAScreenIsLetIn(t *testing.T) {
	var s Screens
	pass := newPass("phones", time.Time{}, household.NewViewPassword())
	one, other := want(t, &s, tv, start), want(t, &s, tv, start)
	if one.Code == other.Code || one.Secret == other.Secret || len(one.Secret) < 26 {
		t.Errorf("%+v, %+v", one, other)
	}
	now := start.Add(ScreenTime - time.Second)
	if again, ok := s.Open(tv, one.Secret, "/", now); !ok || again.Code != one.Code || again.Left != time.Second {
		t.Errorf("a page that is loaded again: %+v", again)
	}
	if found, ok := s.Find(one.Code, now); !ok || found.From != tv || found.Since != start {
		t.Errorf("%+v, %v", found, ok)
	}
	if _, _, state := s.Ask(one.Secret, now); state != ScreenWaits {
		t.Error(state)
	}
	if !s.Confirm(one.Code, pass, now) || s.Confirm(one.Code, pass, now) {
		t.Error("a code counts once")
	}
	if _, ok := s.Find(one.Code, now); ok {
		t.Error("it still waits")
	}
	if _, _, state := s.Ask(other.Secret, now); state != ScreenWaits {
		t.Error("another screen is let in, too")
	}
	if _, _, state := s.Ask(one.Code.String(), now); state != ScreenEnded {
		t.Error("the code is enough")
	}
	if found, with, state := s.Ask(one.Secret, now); state != ScreenMayWatch || with != pass || found.Next != "/?kiosk" {
		t.Errorf("%+v, %v", found, state)
	}
	if _, _, state := s.Ask(one.Secret, now); state != ScreenEnded {
		t.Error("the secret counts twice")
	}
}

func TestWhatEndsACode(t *testing.T) {
	var s Screens
	pass := newPass("phones", time.Time{}, household.NewViewPassword())
	late, removed := want(t, &s, tv, start), want(t, &s, tv, start.Add(time.Second))
	now := start.Add(ScreenTime)
	if _, ok := s.Find(late.Code, now); ok || s.Confirm(late.Code, pass, now) {
		t.Error("its time has passed")
	}
	if again, ok := s.Open(tv, late.Secret, "/", now); !ok || again.Code == late.Code {
		t.Error("it lives on")
	}
	if !s.Confirm(removed.Code, pass, now) {
		t.Error("the other one ended")
	}
	pass.end()
	if _, with, state := s.Ask(removed.Secret, now); state != ScreenEnded || with != nil {
		t.Error("a password that was removed lets in")
	}
	if _, _, state := s.Ask("", now); state != ScreenEnded {
		t.Error("no secret is enough")
	}
}

func TestOpenCodesAreFew(t *testing.T) {
	var s Screens
	first := want(t, &s, tv, start)
	for range maxOfOne {
		want(t, &s, tv, start)
	}
	if _, ok := s.Find(first.Code, start); ok || len(s.open) != maxOfOne {
		t.Errorf("%d codes of one address", len(s.open))
	}
	for i := range maxScreens - maxOfOne {
		want(t, &s, netip.MustParseAddr(fmt.Sprintf("10.0.0.%d", i)), start)
	}
	other := netip.MustParseAddr("10.0.1.1")
	if _, ok := s.Open(other, "", "/", start); ok {
		t.Error("there is no limit")
	}
	want(t, &s, tv, start) // in the place of its own
	want(t, &s, other, start.Add(ScreenTime))
	if len(s.open) != 1 {
		t.Errorf("%d codes stay", len(s.open))
	}
}

// TestOpenCodesOfOneHost: over IPv6 a host has as many addresses as it likes.
func TestOpenCodesOfOneHost(t *testing.T) {
	var s Screens
	for i := range maxScreens {
		want(t, &s, netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i+1)), start)
	}
	if len(s.open) != maxOfOne {
		t.Errorf("%d codes of one host", len(s.open))
	}
}

func TestTypedCodes(t *testing.T) {
	for typed, right := range map[string]bool{
		"WDJB-MJHT": true, "wdjbmjht": true, " wdjb mjht ": true, "W-D-J-B-M-J-H-T": true,
		"": false, "WDJB-MJH": false, "WDJB-MJHTW": false, "WDJB-MJH1": false, "WDJB-MJHA": false, "WDJB-MJHß": false,
		strings.Repeat("-", maxTyped) + "WDJBMJHT": false,
	} {
		code, err := ParseCode(typed)
		if (err == nil) != right || right && code.String() != "WDJB-MJHT" {
			t.Errorf("%q: %v, %v", typed, code, err)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("WDJB-MJHT")
	f.Add("wdjb mjht")
	f.Add("ſſſſſſſſ")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := ParseCode(typed)
		if err != nil {
			return
		}
		if again, err := ParseCode(code.String()); err != nil || again != code || len(code.text) != codeLength || strings.Trim(code.text, codeLetters) != "" {
			t.Errorf("%q: %v", typed, code)
		}
	})
}
