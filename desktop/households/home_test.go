package households

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pigrid/shared/api"
	"pigrid/shared/household"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestTheLastEightKeysAreKept by their numbers.
func TestTheLastEightKeysAreKept(t *testing.T) {
	s := secret{key: household.NewKey(), serial: 1}
	made := []household.Key{{}, s.key}
	for range 12 {
		s = s.withKey(household.NewKey())
		made = append(made, s.key)
	}
	again, ok := decode(s.encode())
	if !ok || again.serial != 13 {
		t.Fatalf("got %d, %v", again.serial, ok)
	}
	for serial, want := range made {
		got, known := again.numbered(serial)
		if kept := serial >= 13-maxOlder; known != kept || known && got != want {
			t.Errorf("the key %d: %v", serial, known)
		}
	}
	if _, known := again.numbered(14); known {
		t.Error("there is a key that was never made")
	}
}

// TestSecretsAreInNoText but the one that the keychain keeps.
func TestSecretsAreInNoText(t *testing.T) {
	s := secret{key: household.NewKey(), serial: 2, older: []household.Key{household.NewKey()}, version: 1, passwords: []password{newPassword("all", time.Time{})}}
	h := &home{id: "h", secret: s}
	text := fmt.Sprintf("%v %+v %#v %v %+v %#v %v %#v", s, s, s, h, h, h, s.passwords, s.passwords)
	for _, hidden := range []string{s.key.Reveal(), s.older[0].Reveal(), s.passwords[0].text.Reveal()} {
		for _, form := range []string{hidden, strings.ReplaceAll(hidden, "-", "")} {
			if strings.Contains(text, form) {
				t.Errorf("%s has %s", text, form)
			}
		}
		if !strings.Contains(s.encode(), hidden) {
			t.Error("it is not kept")
		}
	}
}

// TestPasswordsOfAnotherComputer are taken in as far as agents take them, and texts that
// are known stay so.
func TestPasswordsOfAnotherComputer(t *testing.T) {
	ours := newPassword("ours", time.Time{})
	s := secret{key: household.NewKey(), serial: 1, version: 3, passwords: []password{ours, newPassword("gone", time.Time{})}}
	none := api.Passwords{Version: 4}
	list := api.Passwords{Version: 4, Passwords: []api.ViewPassword{
		{Name: "theirs", Hash: household.Hash{1}, Until: "2026-12-01T00:00:00Z"},
		{Name: "renamed", Hash: ours.hash},
		{Name: "theirs", Hash: household.Hash{2}},
		{Name: "", Hash: household.Hash{3}},
		{Name: "a\u202eb", Hash: household.Hash{4}},
		{Name: "none"},
	}}
	older := list
	older.Version = 2
	for name, p := range map[string]api.Passwords{
		"nothing": none.SignedBy(s.key), "not signed": list, "signed by another": list.SignedBy(household.NewKey()), "older": older.SignedBy(s.key),
	} {
		if got := s.adopt(p); len(got.passwords) != 2 || got.passwords[0].name != "ours" || got.version != 3 {
			t.Errorf("%s was taken in: %+v", name, got.forAgents())
		}
	}
	got := s.withKey(household.NewKey()).adopt(list.SignedBy(s.key)) // by a computer that has the old key yet
	if got.version != 4 || len(got.passwords) != 2 || got.passwords[0].until.IsZero() || got.passwords[0].here() || got.passwords[1].name != "renamed" || got.passwords[1].text != ours.text {
		t.Errorf("got %d: %+v", len(got.passwords), got.forAgents())
	}
}

// TestWindowsKeepsAHousehold: its keychain takes 2,560 bytes.
func TestWindowsKeepsAHousehold(t *testing.T) {
	s := secret{key: household.NewKey(), serial: 999, version: 999}
	for range maxOlder {
		s = s.withKey(household.NewKey())
	}
	for i := range api.MaxPasswords {
		s.passwords = append(s.passwords, newPassword(strings.Repeat("x", api.MaxName-1)+string(rune('a'+i)), time.Now()))
	}
	if n := len(s.encode()); n > 2560 {
		t.Errorf("it has %d bytes", n)
	}
}

// FuzzDecode: what the keychain hands out may be anything, and what is read is written
// the same.
func FuzzDecode(f *testing.F) {
	s := secret{key: household.NewKey(), serial: 3, older: []household.Key{household.NewKey()}, version: 2, passwords: []password{newPassword("all", time.Unix(1800000000, 0))}}
	f.Add(s.encode())
	f.Add(`{"key":"ABCDE-FGHJK-MNPQR-STVWX","serial":1,"passwords":[{"name":"theirs","hash":"` + strings.Repeat("1", 64) + `"}]}`)
	f.Add(`{"key":"ABCDE-FGHJK-MNPQR-STVWX","serial":-1}`)
	f.Add(`{"key":"","serial":1}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		s, ok := decode(text)
		if !ok {
			return
		}
		if s.key.IsZero() || len(s.older) > maxOlder || len(s.passwords) > api.MaxPasswords || s.serial < 1 {
			t.Fatalf("got %+v", s)
		}
		again, ok := decode(s.encode())
		if !ok || again.encode() != s.encode() {
			t.Errorf("%s is written as %s", s.encode(), again.encode())
		}
		for _, p := range s.forAgents().Passwords {
			if _, err := json.Marshal(p); err != nil {
				t.Error(err)
			}
		}
	})
}
