package access

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
)

const (
	id      = "00000000-0000-4000-8000-000000000001"
	otherID = "00000000-0000-4000-8000-000000000002"
)

// today is a time at which the clock is right.
var today = time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)

// pi is where an agent starts.
type pi struct {
	dir    string
	id     string
	board  string
	uptime time.Duration
	held   bool
	fleets bool // its folder is empty after a restart
	now    time.Time
	log    bytes.Buffer
}

func newPi(t *testing.T) *pi {
	t.Helper()
	return &pi{dir: t.TempDir(), id: id, uptime: time.Hour, now: today}
}

func (p *pi) start(t *testing.T) *Access {
	t.Helper()
	a, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (p *pi) open() (*Access, error) {
	return Open(Config{
		Dir: p.dir, ID: p.id, Board: p.board, Uptime: p.uptime, Log: slog.New(slog.NewTextHandler(&p.log, nil)),
		Held: func() bool { return p.held }, Lasts: func() bool { return !p.fleets }, Now: func() time.Time { return p.now },
	})
}

// home is a household with one view password.
type home struct {
	key  household.Key
	view household.ViewPassword
}

func newHome() home { return home{household.NewKey(), household.NewViewPassword()} }

func (h home) passwords(until string) []api.ViewPassword {
	return []api.ViewPassword{{Name: "phones", Hash: h.view.Hash(), Until: until}}
}

func (h home) claim(a *Access) *api.Refusal {
	return a.Claim(api.Claim{Key: h.key.ForAgent(id, a.SPKI()), Passwords: h.passwords("")})
}

func (h home) mustClaim(t *testing.T, a *Access) {
	t.Helper()
	if r := h.claim(a); r != nil {
		t.Fatal(r.Detail)
	}
}

func bearer(h home, a *Access) string { return h.key.ForAgent(id, a.SPKI()).Bearer().Hex() }

func TestALockedAgentStaysLocked(t *testing.T) {
	p, h := newPi(t), newHome()
	a := p.start(t)
	spki := a.SPKI()
	if a.State() != api.Open {
		t.Fatal("a new agent is not open")
	}
	h.mustClaim(t, a)
	for range 2 {
		if a.State() != api.Locked || a.SPKI() != spki {
			t.Error("it is not locked, or another")
		}
		if !a.View(strings.ToLower(h.view.Reveal())) || a.View(newHome().view.Reveal()) || a.View("") {
			t.Error("the wrong ones watch")
		}
		if !a.Bearer(bearer(h, a)) || a.Bearer(bearer(newHome(), a)) || a.Bearer("") {
			t.Error("the wrong ones change")
		}
		if r := newHome().claim(a); r == nil || r.Code != api.CodeClaimed {
			t.Error("a second owner", r)
		}
		nonce := household.Hash{7}
		if proof, _ := a.Prove(nonce); proof != h.key.ForAgent(id, spki).Proof(nonce) || proof == h.key.ForAgent(id, spki).Proof(household.Hash{8}) {
			t.Error("the proof is wrong")
		}
		a = p.start(t)
	}
	for _, file := range []string{keyFile, ownerFile} {
		info, err := os.Stat(filepath.Join(p.dir, file))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", file, info.Mode(), err)
		}
	}
	kept, err := os.ReadFile(filepath.Join(p.dir, ownerFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{h.key.Reveal(), h.view.Reveal(), strings.ReplaceAll(h.view.Reveal(), "-", "")} {
		if strings.Contains(string(kept)+p.log.String(), secret) {
			t.Error("a secret is written down")
		}
	}
}

func TestWhenItCanBeClaimed(t *testing.T) {
	for name, test := range map[string]struct {
		before func(*testing.T, *pi)
		code   api.Code
	}{
		"a new agent":              {nil, ""},
		"just plugged in":          {func(t *testing.T, p *pi) { p.start(t); p.uptime = time.Minute }, ""},
		"on for long":              {func(t *testing.T, p *pi) { p.start(t) }, api.CodeClaimClosed},
		"its folder does not last": {func(_ *testing.T, p *pi) { p.fleets = true }, api.CodeNotKept},
		"no folder":                {func(_ *testing.T, p *pi) { p.dir = "" }, api.CodeNotKept},
		"held open":                {func(_ *testing.T, p *pi) { p.held = true }, api.CodeHeldOpen},
		"owned":                    {func(t *testing.T, p *pi) { newHome().mustClaim(t, p.start(t)); p.uptime = 0 }, api.CodeClaimed},
		"owned in another board": {func(t *testing.T, p *pi) {
			p.board = "a"
			newHome().mustClaim(t, p.start(t))
			p.board, p.id, p.uptime = "b", otherID, 0
		}, ""},
		"the same id, another board": {func(t *testing.T, p *pi) {
			p.board = "a"
			newHome().mustClaim(t, p.start(t))
			p.board, p.uptime = "b", 0
		}, ""},
		"its id was lost": {func(t *testing.T, p *pi) {
			p.board = "a"
			newHome().mustClaim(t, p.start(t))
			p.id, p.uptime = otherID, 0
		}, api.CodeClaimed},
		"nothing says which board": {func(t *testing.T, p *pi) { newHome().mustClaim(t, p.start(t)); p.id, p.uptime = otherID, 0 }, api.CodeClaimed},
		"the board is not readable": {func(t *testing.T, p *pi) {
			p.board = "a"
			newHome().mustClaim(t, p.start(t))
			p.board, p.uptime = "", 0
		}, api.CodeClaimed},
		"nobody knows who owns it":   {func(t *testing.T, p *pi) { p.write(t, ownerFile, "{"); p.uptime = 0 }, api.CodeClaimed},
		"the owner's file is empty":  {func(t *testing.T, p *pi) { p.write(t, ownerFile, ""); p.uptime = 0 }, api.CodeClaimed},
		"its private key is damaged": {func(t *testing.T, p *pi) { p.write(t, keyFile, "xx") }, ""},
		"the key cannot be saved":    {func(_ *testing.T, p *pi) { p.dir = "/proc/none" }, api.CodeNotKept},
		"the clock says 1970":        {func(_ *testing.T, p *pi) { p.now = time.Unix(100, 0) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPi(t)
			if test.before != nil {
				test.before(t, p)
			}
			a := p.start(t)
			var hello api.Hello
			a.Hello(&hello)
			r := newHome().claim(a)
			if (r == nil) != (test.code == "") || r != nil && (r.Code != test.code || r.Hint == "") {
				t.Errorf("claimed: %+v", r)
			}
			if (hello.ClaimSeconds > 0) != (r == nil) || r != nil && r.Code != api.CodeClaimed && hello.Problem == nil {
				t.Errorf("it said %+v", hello)
			}
			if want := r == nil || r.Code == api.CodeClaimed; (a.State() == api.Locked) != want {
				t.Error(a.State())
			}
		})
	}
}

func (p *pi) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheWindowCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPi(t)
		a := p.start(t)
		time.Sleep(claimTime - time.Second)
		var hello api.Hello
		if a.Hello(&hello); hello.ClaimSeconds != 1 {
			t.Errorf("%d s left", hello.ClaimSeconds)
		}
		time.Sleep(time.Second)
		if r := newHome().claim(a); r == nil || r.Code != api.CodeClaimClosed {
			t.Error(r)
		}
		if r := a.AllowClaim(); r != nil {
			t.Error(r)
		}
		newHome().mustClaim(t, a)
		if r := a.AllowClaim(); r == nil || r.Code != api.CodeClaimed {
			t.Error("an owned agent can be claimed", r)
		}
	})
}

func TestAKeyThatMayNotBeReadIsAnError(t *testing.T) {
	p := newPi(t)
	if err := os.Mkdir(filepath.Join(p.dir, keyFile), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := p.open(); err == nil || !strings.Contains(err.Error(), "private key cannot be read") {
		t.Error(err)
	}
}

func TestNobodyPassesWhileTheOwnerIsUnknown(t *testing.T) {
	p, h := newPi(t), newHome()
	h.mustClaim(t, p.start(t))
	p.write(t, ownerFile, "half a fi")
	a := p.start(t)
	if a.State() != api.Locked || a.View(h.view.Reveal()) || a.Bearer(bearer(h, a)) || a.Cookie("") {
		t.Error("somebody passes")
	}
	if _, r := a.Prove(household.Hash{1}); r == nil || r.Code != api.CodeAccessUnreadable || a.Unreadable() == nil {
		t.Error("it does not say why", r)
	}
	if r := a.Release(); r != nil || a.State() != api.Open || a.Unreadable() != nil {
		t.Error("a reset does not help", r)
	}
	newHome().mustClaim(t, a)
}

func TestALostKeyIsSaid(t *testing.T) {
	p, h := newPi(t), newHome()
	h.mustClaim(t, p.start(t))
	p.write(t, keyFile, "")
	a := p.start(t)
	var hello api.Hello
	if a.Hello(&hello); hello.Access != api.Locked || hello.Problem == nil || hello.Problem.Code != api.CodeKeyLost {
		t.Errorf("%+v", hello)
	}
	if !a.View(h.view.Reveal()) {
		t.Error("view passwords are lost too")
	}
}

// Nothing changes when it cannot be stored: the agent is open or locked, never half.
func TestAFullCardChangesNothing(t *testing.T) {
	p, h := newPi(t), newHome()
	a := p.start(t)
	block := filepath.Join(p.dir, ownerFile)
	if err := os.Mkdir(block, 0o700); err != nil { // a file cannot be renamed over it
		t.Fatal(err)
	}
	valid := a.Valid()
	if r := h.claim(a); r == nil || r.Code != api.CodeNotKept || a.State() != api.Open || valid.Err() != nil {
		t.Error("half locked", r, a.State())
	}
	if err := os.Remove(block); err != nil {
		t.Fatal(err)
	}
	h.mustClaim(t, a)
	if valid.Err() == nil {
		t.Error("what was valid still is")
	}
	if err := os.Remove(block); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(block, 0o700); err != nil {
		t.Fatal(err)
	}
	next := newHome()
	for what, r := range map[string]*api.Refusal{
		"key": a.SetKey(next.key.ForAgent(id, a.SPKI())), "passwords": a.SetPasswords(api.Passwords{Passwords: next.passwords("")}),
	} {
		if r == nil || r.Code != api.CodeNotKept {
			t.Error(what, r)
		}
	}
	if !a.Bearer(bearer(h, a)) || !a.View(h.view.Reveal()) {
		t.Error("the old ones are gone")
	}
}

func TestChangesOfTheOwner(t *testing.T) {
	p, h, next := newPi(t), newHome(), newHome()
	a := p.start(t)
	if a.SetKey(household.AgentKey{1}) == nil || a.SetPasswords(api.Passwords{Passwords: h.passwords("")}) == nil {
		t.Error("an open agent is changed")
	}
	h.mustClaim(t, a)
	cookie, ok := a.NewCookie(h.view.Reveal())
	if !ok || !a.Cookie(cookie) {
		t.Fatal("no cookie")
	}
	valid := a.Valid()
	if r := a.SetPasswords(api.Passwords{Passwords: next.passwords("")}); r != nil || valid.Err() == nil {
		t.Error(r)
	}
	if a.View(h.view.Reveal()) || a.Cookie(cookie) || !a.View(next.view.Reveal()) {
		t.Error("the old password still shows")
	}
	cookie, _ = a.NewCookie(next.view.Reveal())
	if r := a.SetKey(next.key.ForAgent(id, a.SPKI())); r != nil || a.Bearer(bearer(h, a)) || !a.Bearer(bearer(next, a)) {
		t.Error("the old key still counts", r)
	}
	if a.Cookie(cookie) {
		t.Error("a cookie outlives the household key")
	}
	if r := a.Release(); r != nil || a.State() != api.Open || a.Bearer(bearer(next, a)) {
		t.Error("not released", r)
	}
	if p.uptime = 0; p.start(t).State() != api.Open {
		t.Error("locked after a restart")
	}
}

// A list of view passwords replaces an older one only.
func TestOlderPasswordsAreRefused(t *testing.T) {
	p, h := newPi(t), newHome()
	a := p.start(t)
	h.mustClaim(t, a)
	set := func(version int, hash byte) api.Code {
		list := api.Passwords{Passwords: []api.ViewPassword{{Name: "a", Hash: household.Hash{hash}}}, Version: version}
		if r := a.SetPasswords(list.SignedBy(h.key)); r != nil {
			return r.Code
		}
		return ""
	}
	for _, step := range []struct {
		version int
		hash    byte
		code    api.Code
	}{{3, 1, ""}, {2, 2, api.CodeStale}, {3, 2, api.CodeStale}, {3, 1, ""}, {4, 2, ""}} {
		valid := a.Valid()
		before := a.Passwords()
		if code := set(step.version, step.hash); code != step.code {
			t.Errorf("%+v: %q", step, code)
		}
		now := a.Passwords()
		if changed := now.Version != before.Version; (valid.Err() != nil) != changed || !now.IsSignedBy(h.key) || now.IsSignedBy(newHome().key) {
			t.Errorf("%+v: %+v", step, now)
		}
		if p.start(t).Passwords().Version != now.Version {
			t.Error("the version is lost at a restart")
		}
	}
	forged := a.Passwords()
	forged.Passwords = append(forged.Passwords, api.ViewPassword{Name: "b", Hash: household.Hash{9}})
	if forged.IsSignedBy(h.key) {
		t.Error("a list with another password passes")
	}
}

func TestWhatNobodyMaySet(t *testing.T) {
	h := newHome()
	many := make([]api.ViewPassword, api.MaxPasswords+1)
	for i := range many {
		many[i] = api.ViewPassword{Name: strings.Repeat("x", i+1), Hash: household.Hash{1}}
	}
	good := api.ViewPassword{Name: "a", Hash: household.Hash{1}}
	for name, list := range map[string][]api.ViewPassword{
		"none": {}, "too many": many, "no name": {{Hash: household.Hash{1}}}, "twice": {good, good},
		"no hash": {{Name: "a"}}, "no time": {{Name: "a", Hash: household.Hash{1}, Until: "Sunday"}},
		"a long name": {{Name: strings.Repeat("x", 65), Hash: household.Hash{1}}}, "two lines": {{Name: "a\nb", Hash: household.Hash{1}}},
	} {
		a := newPi(t).start(t)
		if r := a.Claim(api.Claim{Key: household.AgentKey{1}, Passwords: list}); r == nil || r.Code != api.CodeInvalid || a.State() != api.Open {
			t.Error(name, r)
		}
	}
	a := newPi(t).start(t)
	if r := a.Claim(api.Claim{Passwords: h.passwords("")}); r == nil || r.Code != api.CodeInvalid {
		t.Error("no key", r)
	}
}

func TestPasswordsEnd(t *testing.T) {
	p, h := newPi(t), newHome()
	a := p.start(t)
	until := today.Add(time.Hour).Format(time.RFC3339)
	if r := a.Claim(api.Claim{Key: h.key.ForAgent(id, a.SPKI()), Passwords: h.passwords(until)}); r != nil {
		t.Fatal(r)
	}
	cookie, ok := a.NewCookie(h.view.Reveal())
	for at, want := range map[time.Time]bool{
		today: true, today.Add(time.Hour): false, today.Add(365 * 24 * time.Hour): false,
		time.Unix(100, 0): false, // the clock is wrong: nobody knows whether it has ended
	} {
		p.now = at
		if a.View(h.view.Reveal()) != want || a.Cookie(cookie) != want || !ok {
			t.Errorf("at %v", at)
		}
	}
}

func TestCookies(t *testing.T) {
	p, h := newPi(t), newHome()
	a := p.start(t)
	h.mustClaim(t, a)
	cookie, _ := a.NewCookie(h.view.Reveal())
	if _, ok := a.NewCookie("wrong"); ok {
		t.Error("a cookie for a wrong password")
	}
	other := newPi(t)
	b := other.start(t)
	h.mustClaim(t, b)
	if b.Cookie(cookie) {
		t.Error("a cookie of another agent")
	}
	for i := range cookie {
		bad := []byte(cookie)
		bad[i] ^= 1
		if a.Cookie(string(bad)) {
			t.Errorf("a cookie with another character %d", i)
		}
	}
	for at, want := range map[time.Time]bool{
		today: true, today.Add(household.CookieTime - time.Minute): true, today.Add(household.CookieTime): false, time.Unix(0, 0): true,
	} {
		if p.now = at; a.Cookie(cookie) != want {
			t.Errorf("at %v", at)
		}
	}
	p.now = time.Unix(100, 0) // a Pi without a clock gives one
	cookie, _ = a.NewCookie(h.view.Reveal())
	if p.now = household.Floor.Add(24 * time.Hour); !a.Cookie(cookie) {
		t.Error("a cookie ends when the clock is set")
	}
}

func TestTheFileOnTheCard(t *testing.T) {
	p, h := newPi(t), newHome()
	h.mustClaim(t, p.start(t))
	p.held = true
	a := p.start(t)
	var hello api.Hello
	if a.Hello(&hello); hello.Access != api.Open || hello.Problem == nil || hello.Problem.Code != api.CodeHeldOpen || !strings.Contains(p.log.String(), "pigrid-open") {
		t.Errorf("%+v", hello)
	}
	if p.held = false; p.start(t).State() != api.Locked {
		t.Error("it has forgotten its owner")
	}
}

// What changes with time ends what was valid.
func TestRunSeesChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHome()
		var held atomic.Bool
		var later atomic.Int64 // that the clock is set
		a, err := Open(Config{
			Dir: t.TempDir(), ID: id, Log: slog.New(slog.DiscardHandler), Held: held.Load, Lasts: func() bool { return true },
			Now: func() time.Time { return today.Add(time.Duration(later.Load())) },
		})
		if err != nil {
			t.Fatal(err)
		}
		until := today.Add(time.Minute).Format(time.RFC3339)
		if r := a.Claim(api.Claim{Key: h.key.ForAgent(id, a.SPKI()), Passwords: h.passwords(until)}); r != nil {
			t.Fatal(r)
		}
		go a.Run(t.Context())
		ended := func(valid context.Context) bool {
			time.Sleep(lookEvery)
			synctest.Wait()
			return valid.Err() != nil
		}
		if ended(a.Valid()) {
			t.Error("ended for nothing")
		}
		if later.Store(int64(time.Hour)); !ended(a.Valid()) {
			t.Error("a password has ended, and who watches stays")
		}
		if held.Store(true); !ended(a.Valid()) || a.State() != api.Open {
			t.Error("the file on the card is not seen")
		}
	})
}

func FuzzCookie(f *testing.F) {
	p, h := &pi{dir: f.TempDir(), id: id, now: today}, newHome()
	a, err := p.open()
	if err != nil {
		f.Fatal(err)
	}
	if r := h.claim(a); r != nil {
		f.Fatal(r)
	}
	good, _ := a.NewCookie(h.view.Reveal())
	f.Add(strings.Repeat("0", len(good)))
	f.Add("")
	f.Fuzz(func(t *testing.T, value string) {
		if a.Cookie(value) {
			t.Errorf("%q lets in", value)
		}
	})
}

func FuzzOwner(f *testing.F) {
	f.Add([]byte(`{"id":"x","key":"` + strings.Repeat("ab", 32) + `","passwords":[{"name":"a","hash":"` + strings.Repeat("cd", 32) + `"}]}`))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		o := &owner{}
		if parseOwner(data, o) == nil && (o.Key == household.AgentKey{} || len(o.Passwords) == 0) {
			t.Errorf("%q names an owner", data)
		}
	})
}

// A name that no certificate can have is left out of it.
func TestAnyHostNameWillDo(t *testing.T) {
	for _, host := range []string{"küche.local", "pi.local", "", "192.168.1.2", "\xff"} {
		if _, err := Open(Config{Dir: t.TempDir(), ID: id, Hosts: []string{host}, Log: slog.New(slog.DiscardHandler)}); err != nil {
			t.Errorf("%q: %v", host, err)
		}
	}
}

// A key that could not be saved is saved as soon as there is room.
func TestTheKeyIsSavedLater(t *testing.T) {
	p := newPi(t)
	dir := p.dir
	p.dir = "/proc/none"
	a := p.start(t)
	if r := newHome().claim(a); r == nil || r.Code != api.CodeNotKept {
		t.Fatal(r)
	}
	a.cfg.Dir = dir
	a.keepKey()
	newHome().mustClaim(t, a)
	if p.dir = dir; p.start(t).SPKI() != a.SPKI() {
		t.Error("another key was saved")
	}
}
