package gridapi

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/accesstest"
	"pigrid/desktop/cameras"
	"pigrid/desktop/households"
	"pigrid/desktop/settings"
	"pigrid/shared/api"
	"pigrid/shared/household"
)

// TestLockAndWatch: one click makes a household and locks what can be locked now, and
// the rest when it was switched off and on. From then on everything is encrypted.
func TestLockAndWatch(t *testing.T) {
	t.Parallel()
	a, b := newHouse(t, idA, "Garage"), newHouse(t, idB, "Porch")
	b.Set(func(s *accesstest.State) {
		s.Claimable, s.Problem = 0, &api.Problem{Code: api.CodeClaimClosed, Message: "It was switched on too long ago.", Hint: "Unplug it."}
	})
	pc := newComputer(t)
	app := pc.start(t)
	app.hear(a)
	app.hear(b)
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	app.comesTo(idB, cameras.Live, cameras.AccessOpen)
	if open := app.State().Access.Open; len(open) != 2 || open[0].Name != "Garage" {
		t.Errorf("open: %+v", open)
	}
	home := app.must("lock", Call{Name: "Home", To: "phones"}).Household
	app.step(idA, "locked")
	app.comesTo(idA, cameras.Live, cameras.AccessLocked)
	if s := app.step(idB, "restart"); s.Code != households.ClaimClosed || s.Hint != "Unplug it." {
		t.Errorf("got %+v", s)
	}
	b.Set(func(s *accesstest.State) { s.Claimable, s.Problem = 600, nil })
	app.step(idB, "locked")
	app.comesTo(idB, cameras.Live, cameras.AccessLocked)
	app.must("endLock", Call{})
	state := app.State().Access
	if len(state.Open) != 0 || state.Lock != nil || len(app.home().Agents) != 2 {
		t.Errorf("afterwards: %+v", state)
	}
	sheet := app.must("sheet", Call{Household: home}).Sheet
	if len(sheet.Passwords) != 1 || sheet.Passwords[0].Name != "phones" || len(sheet.Agents) != 2 || sheet.Agents[0].URL != "http://"+a.Addr()+"/" {
		t.Errorf("sheet: %+v", sheet)
	}
	v, err := household.ParseViewPassword(sheet.Passwords[0].Text)
	if got := a.Get(); err != nil || got.Key != agentKey(t, sheet.Key, a) || len(got.Passwords) != 1 || got.Passwords[0].Hash != v.Hash() {
		t.Errorf("the agent has %+v", got.Passwords)
	}
	app.quit()

	for _, agent := range []*accesstest.Agent{a, b} {
		agent.Set(func(s *accesstest.State) { s.Asked, s.Wire, s.Sent = nil, nil, nil })
	}
	again := pc.start(t) // nothing but what was remembered
	again.comesTo(idA, cameras.Live, cameras.AccessLocked)
	again.comesTo(idB, cameras.Live, cameras.AccessLocked)
	again.quit()
	bearer := agentKey(t, sheet.Key, a).Bearer().Hex()
	for _, agent := range []*accesstest.Agent{a, b} {
		s := agent.Get()
		for _, q := range s.Asked {
			if !q.TLS {
				t.Errorf("asked without encryption: %+v", q)
			}
		}
		if len(s.Sent) < 1000 || len(s.Wire) < 1000 {
			t.Errorf("only %d and %d bytes were captured", len(s.Sent), len(s.Wire))
		}
		if bytes.Contains(s.Sent, []byte("\xFF\xD8\xFF")) || bytes.Contains(s.Wire, []byte(bearer)) || bytes.Contains(s.Wire, []byte("Bearer")) {
			t.Error("the network saw a picture or a bearer")
		}
	}
	pc.tells(t, sheet.Key, sheet.Passwords[0].Text, bearer, household.Hash(agentKey(t, sheet.Key, a)).Hex())
}

// TestOneAnswersInAnothersPlace: while a Pi is switched off and on, somebody who answers
// in its name with another key is not locked instead of it, and the Pi still is.
func TestOneAnswersInAnothersPlace(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	a.Set(func(s *accesstest.State) { s.Claimable = 0 })
	app := newComputer(t).start(t)
	app.hear(a)
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	app.must("lock", Call{Name: "Home", To: "phones"})
	app.step(idA, "restart")
	before := a.Get()
	a.Kill()
	a.NewCertificate()
	a.Set(func(s *accesstest.State) { s.Claimable = 600 })
	a.Start()
	if s := app.step(idA, "failed"); s.Code != households.ChangedKey || a.Get().Access != api.Open {
		t.Errorf("%+v, and it is %s", s, a.Get().Access)
	}
	a.Kill()
	a.Set(func(s *accesstest.State) { s.Cert, s.SPKI = before.Cert, before.SPKI })
	a.Start()
	app.step(idA, "locked")
}

// TestWhatWasResetIsLockedAgain, also while the list of what was locked is still there.
func TestWhatWasResetIsLockedAgain(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	app := newComputer(t).start(t)
	app.hear(a)
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	home := app.must("lock", Call{Name: "Home", To: "phones"}).Household
	app.comesTo(idA, cameras.Live, cameras.AccessLocked)
	app.must("release", Call{Agent: idA})
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	app.must("lock", Call{Household: home})
	app.comesTo(idA, cameras.Live, cameras.AccessLocked)
	app.must("release", Call{Agent: idA})
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	app.must("lock", Call{Name: "Workshop", To: "phones"}) // what is over keeps no other household waiting
	app.comesTo(idA, cameras.Live, cameras.AccessLocked)
}

// TestSecondComputerJoins by typing the key, and an agent that it does not open is told
// nothing.
func TestSecondComputerJoins(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	one := newComputer(t).start(t)
	home := one.lockAll(a)
	key := one.key(home)
	one.quit()
	a.Set(func(s *accesstest.State) { s.Asked, s.Sent = nil, nil })

	pc := newComputer(t)
	two := pc.start(t)
	two.hear(a)
	eventually(t, 10*time.Second, "a tile asks for the key", func() bool {
		c := two.camera(cameras.Key(idA, cameras.StandIn))
		return c.State == cameras.Refused && c.Reason == cameras.ReasonNeedsKey && c.Access == cameras.NeedsKey && c.AgentName == "Garage"
	})
	if r := two.do("join", Call{Text: "ABCDE-FGHJK-MNPQR-STVW", Name: "Home"}); r.Code != households.BadKey || r.Detail == "" || strings.Contains(r.Detail, "ABCDE") {
		t.Errorf("a short key: %+v", r)
	}
	if r := two.do("join", Call{Text: "ABCDE-FGHJK-MNPQR-STVWX", Name: "Home"}); r.Code != households.NoneOpens || len(two.State().Access.Households) != 0 {
		t.Errorf("a wrong key: %+v", r)
	}
	for _, q := range a.Get().Asked {
		if q.Authorization != "" || q.Method == http.MethodPost && q.Path != api.ProofPath {
			t.Errorf("it was told %+v", q)
		}
	}
	r := two.must("join", Call{Text: " " + strings.ToLower(key) + " ", Name: "Home"})
	if len(r.Opened) != 1 || r.Opened[0].ID != idA {
		t.Errorf("got %+v", r)
	}
	two.comesTo(idA, cameras.Live, cameras.AccessLocked)
	if c := two.camera(cameras.Key(idA, cameras.StandIn)); c.Key != "" {
		t.Error("the tile that asked for the key stays")
	}
	if p := two.home().Passwords; len(p) != 1 || p[0].Name != "phones" || p[0].Here {
		t.Errorf("passwords: %+v", p)
	}
	if again := two.must("join", Call{Text: key, Name: "Home"}); again.Household != r.Household || len(two.State().Access.Households) != 1 {
		t.Errorf("the same key again: %+v", again)
	}
	for _, q := range a.Get().Asked {
		if q.Method == http.MethodPut {
			t.Errorf("joining changed something: %+v", q)
		}
	}
	two.quit()
	pc.tells(t, key)
}

// insecure takes any certificate.
func insecure() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }

// relay passes everything on to an agent, over TLS with a key of its own.
func relay(t *testing.T, id string, to *accesstest.Agent) *accesstest.Agent {
	between := newHouse(t, id, "between")
	reach := &http.Client{Transport: &http.Transport{TLSClientConfig: insecure(), DisableKeepAlives: true}}
	between.Set(func(s *accesstest.State) {
		s.Answer = func(w http.ResponseWriter, r *http.Request) bool {
			scheme := "http://"
			if r.TLS != nil {
				scheme = "https://"
			}
			body, _ := io.ReadAll(r.Body)
			req, _ := http.NewRequestWithContext(r.Context(), r.Method, scheme+to.Addr()+r.URL.RequestURI(), bytes.NewReader(body))
			req.Header = r.Header.Clone()
			resp, err := reach.Do(req)
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			defer resp.Body.Close()
			said, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
			if r.URL.Path == api.HelloPath { // or the app would see at once that the keys differ
				said = bytes.ReplaceAll(said, []byte(to.Get().SPKI.Hex()), []byte(between.Get().SPKI.Hex()))
			}
			w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
			w.WriteHeader(resp.StatusCode)
			_, _ = w.Write(said)
			return true
		}
	})
	return between
}

// TestRelayInTheMiddle: who passes everything on proves nothing and is told nothing,
// before and after the agent is known.
func TestRelayInTheMiddle(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	one := newComputer(t).start(t)
	key := one.key(one.lockAll(a))
	one.quit()

	between := relay(t, idA, a)
	two := newComputer(t).start(t)
	two.hear(between)
	standIn := cameras.Key(idA, cameras.StandIn)
	eventually(t, 10*time.Second, "a tile", func() bool { return two.camera(standIn).Access == cameras.NeedsKey })
	if r := two.do("join", Call{Text: key, Name: "Home"}); r.Code != households.NoneOpens {
		t.Errorf("got %+v", r)
	}
	two.must("join", Call{Text: key, Name: "Home", Keep: true})
	eventually(t, 10*time.Second, "it is a stranger now", func() bool {
		s := two.State()
		return len(s.Cameras) == 0 && s.Access.Strange == 1
	})
	two.Add(between.Addr()) // who types it wants to see why not
	eventually(t, 10*time.Second, "it is not theirs", func() bool { return two.camera(standIn).Access == cameras.NotYours })
	if c := two.camera(standIn); c.State != cameras.Refused || c.Reason != cameras.ReasonNotYours {
		t.Errorf("got %+v", c)
	}
	two.hear(a) // the real one is there as well
	two.comesTo(idA, cameras.Live, cameras.AccessLocked)
	two.quit()

	a.Kill()
	three := two.c.start(t)
	three.hear(between)
	eventually(t, 20*time.Second, "the tile says that the key has changed", func() bool {
		c := three.camera(cameras.Key(idA, "x"))
		return c.Access == cameras.ChangedKey && c.Reason == cameras.ReasonChangedKey && c.State == cameras.Refused
	})
	three.quit()
	for _, q := range between.Get().Asked {
		if q.Authorization != "" || q.Method == http.MethodPut || q.Method == http.MethodPost && q.Path != api.ProofPath {
			t.Errorf("who stands between was told %+v", q)
		}
	}
}

// TestOpenIsNotBelieved of one that was locked, whatever its TXT record and its status
// say, and it is not asked without encryption.
func TestOpenIsNotBelieved(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	pc := newComputer(t)
	one := pc.start(t)
	one.lockAll(a)
	a.Kill()
	liar := newHouse(t, idA, "Garage")
	liar.Set(func(s *accesstest.State) { s.Plain = true })
	one.hear(liar)
	key := cameras.Key(idA, "x")
	eventually(t, 20*time.Second, "the key has changed", func() bool { return one.camera(key).Reason == cameras.ReasonChangedKey })
	if len(liar.Get().Asked) != 0 {
		t.Errorf("it was asked %+v", liar.Get().Asked)
	}
	liar.Set(func(s *accesstest.State) { s.Plain = false }) // with another key
	one.hear(liar)
	asked := time.Now()
	one.Retry("")
	eventually(t, 20*time.Second, "it was asked again, in vain", func() bool {
		a := one.agent(idA)
		return a.RetryAt.After(asked.Add(500*time.Millisecond)) && one.camera(key).Reason == cameras.ReasonChangedKey
	})
	one.quit()
	if len(liar.Get().Asked) != 0 {
		t.Errorf("it was asked %+v", liar.Get().Asked)
	}
}

// TestOpenIsNotBelievedAfterADamage of the settings, and the household is still here.
func TestOpenIsNotBelievedAfterADamage(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	pc := newComputer(t)
	one := pc.start(t)
	home := one.lockAll(a)
	one.quit()
	a.Kill()
	path := filepath.Join(pc.dir, "settings.json")
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	store, err := settings.Open(path)
	if err == nil {
		t.Fatal("it is not damaged")
	}
	if err := store.Save(func(s settings.Settings) settings.Settings { return s }); err != nil {
		t.Fatal(err)
	}
	again := pc.start(t)
	liar := newHouse(t, idA, "Garage")
	liar.Set(func(s *accesstest.State) { s.Plain = true })
	again.hear(liar)
	key := cameras.Key(idA, "x")
	eventually(t, 20*time.Second, "the key has changed", func() bool { return again.camera(key).Reason == cameras.ReasonChangedKey })
	if len(liar.Get().Asked) != 0 {
		t.Errorf("it was asked %+v", liar.Get().Asked)
	}
	if h := again.home(); h.ID != home || h.Kept != households.InKeychain {
		t.Errorf("the household is %+v", h)
	}
}

// TestTrustAgain: an agent that was set up again has another key. Nothing is believed
// until the person says so.
func TestTrustAgain(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	app := newComputer(t).start(t)
	app.lockAll(a)
	a.Kill()
	a.NewCertificate()
	a.Set(func(s *accesstest.State) { s.Access, s.Claimable, s.Asked = api.Open, 0, nil })
	a.Start()
	app.comesTo(idA, cameras.Refused, cameras.ChangedKey)
	if asked := a.Get().Asked; len(asked) != 0 {
		t.Errorf("it was asked %+v", asked)
	}
	app.must("trust", Call{Agent: idA})
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	for _, q := range a.Get().Asked {
		if !q.TLS || q.Authorization != "" {
			t.Errorf("asked %+v", q)
		}
	}
	if open := app.State().Access.Open; len(open) != 1 {
		t.Errorf("open: %+v", open)
	}
}

// TestNewKeyReachesWhoWasOff, and everybody else at once.
func TestNewKeyReachesWhoWasOff(t *testing.T) {
	t.Parallel()
	a, b := newHouse(t, idA, "Garage"), newHouse(t, idB, "Porch")
	pc := newComputer(t)
	app := pc.start(t)
	home := app.lockAll(a, b)
	old := app.key(home)
	b.Kill()
	eventually(t, 20*time.Second, "it is off", func() bool { return app.camera(cameras.Key(idB, "x")).State == cameras.Offline })
	app.must("newKey", Call{Household: home})
	key := app.key(home)
	if key == old {
		t.Fatal("it is the old key")
	}
	eventually(t, 10*time.Second, "the other one has it", func() bool { return a.Get().Key == agentKey(t, key, a) })
	app.comesTo(idA, cameras.Live, cameras.AccessLocked)
	waits := func(id string) bool {
		for _, agent := range app.home().Agents {
			if agent.ID == id {
				return agent.Waits
			}
		}
		return false
	}
	eventually(t, 10*time.Second, "the other one alone waits", func() bool { return !waits(idA) && waits(idB) })
	app.quit()
	again := pc.start(t)
	again.must("addPassword", Call{Household: home, Name: "guests", Until: time.Now().Add(time.Hour).UnixMilli()})
	b.Start()
	eventually(t, 20*time.Second, "it has the new key and the new password", func() bool {
		s := b.Get()
		return s.Key == agentKey(t, key, b) && len(s.Passwords) == 2 && s.Passwords[1].Until != ""
	})
	again.comesTo(idB, cameras.Live, cameras.AccessLocked)
	again.quit()
	pc.tells(t, old, key)
}

// TestNewKeyOfAnotherComputer must be typed, and becomes that of the same household.
func TestNewKeyOfAnotherComputer(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	one := newComputer(t).start(t)
	home := one.lockAll(a)
	two := newComputer(t).start(t)
	two.hear(a)
	eventually(t, 10*time.Second, "a tile", func() bool { return len(two.State().Cameras) == 1 })
	two.must("join", Call{Text: one.key(home), Name: "Ours"})
	two.comesTo(idA, cameras.Live, cameras.AccessLocked)
	one.must("newKey", Call{Household: home})
	two.comesTo(idA, cameras.Refused, cameras.NeedsKey)
	one.comesTo(idA, cameras.Live, cameras.AccessLocked)
	r := two.must("join", Call{Text: one.key(home), Name: "Home"})
	two.comesTo(idA, cameras.Live, cameras.AccessLocked)
	if h := two.home(); h.ID != r.Household || h.Name != "Ours" {
		t.Errorf("got %+v", h)
	}
}

// TestViewPasswords are made, named, ended and removed, on all agents.
func TestViewPasswords(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	app := newComputer(t).start(t)
	home := app.lockAll(a)
	names := func() string {
		var list []string
		for _, p := range a.Get().Passwords {
			list = append(list, p.Name)
		}
		return strings.Join(list, ",")
	}
	come := func(want string) {
		t.Helper()
		eventually(t, 10*time.Second, "the agent has "+want, func() bool { return names() == want && !app.home().Agents[0].Waits })
		app.comesTo(idA, cameras.Live, cameras.AccessLocked)
	}
	app.must("addPassword", Call{Household: home, Name: "programs"})
	come("phones,programs")
	if r := app.do("addPassword", Call{Household: home, Name: "programs"}); r.Code != households.Taken {
		t.Errorf("twice: %+v", r)
	}
	app.must("changePassword", Call{Household: home, Name: "programs", To: "Home Assistant"})
	come("phones,Home Assistant")
	a.Set(func(s *accesstest.State) { // its program was changed by somebody
		s.Passwords = append(slices.Clone(s.Passwords), api.ViewPassword{Name: "bad", Hash: household.Hash{6}})
		s.Version++
	})
	app.must("addPassword", Call{Household: home, Name: "x"})
	if list := app.home().Passwords; len(list) != 3 || list[2].Name != "x" {
		t.Errorf("a password of the agent's own was taken in: %+v", list)
	}
	app.must("removePassword", Call{Household: home, Name: "x"})
	key, err := household.ParseKey(app.key(home))
	if err != nil {
		t.Fatal(err)
	}
	a.Set(func(s *accesstest.State) { // another computer adds one
		theirs := api.Passwords{Version: s.Version + 9, Passwords: []api.ViewPassword{
			s.Passwords[0], s.Passwords[1], {Name: "theirs", Hash: household.Hash{7}},
		}}.SignedBy(key)
		s.Passwords, s.Version, s.Signed = theirs.Passwords, theirs.Version, theirs.Signed
	})
	app.must("removePassword", Call{Household: home, Name: "phones"})
	come("Home Assistant,theirs")
	for i := range 6 {
		app.must("addPassword", Call{Household: home, Name: string(rune('a' + i))})
	}
	if r := app.do("addPassword", Call{Household: home, Name: "ninth"}); r.Code != households.Full {
		t.Errorf("a ninth: %+v", r)
	}
	for command, want := range map[string]households.Code{"removePassword": households.Unknown, "changePassword": households.Unknown} {
		if r := app.do(command, Call{Household: home, Name: "nobody", To: "x"}); r.Code != want {
			t.Errorf("%s: %+v", command, r)
		}
	}
}

// TestLeaveAndRelease: a computer forgets a household, and an agent is given up.
func TestLeaveAndRelease(t *testing.T) {
	t.Parallel()
	a, b := newHouse(t, idA, "Garage"), newHouse(t, idB, "Porch")
	pc := newComputer(t)
	app := pc.start(t)
	home := app.lockAll(a, b)
	a.Set(func(s *accesstest.State) { s.Asked = nil })
	app.must("release", Call{Agent: idA})
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	if s := a.Get(); s.Access != api.Open || slices.ContainsFunc(s.Asked, func(q accesstest.Asked) bool { return !q.TLS }) {
		t.Errorf("got %v, %+v", s.Access, s.Asked)
	}
	if n := len(app.home().Agents); n != 1 {
		t.Errorf("%d agents", n)
	}
	app.must("leave", Call{Household: home})
	app.comesTo(idB, cameras.Refused, cameras.NeedsKey)
	if b.Get().Access != api.Locked || len(app.State().Access.Households) != 0 || len(pc.chain.kept) != 0 {
		t.Errorf("kept: %d", len(pc.chain.kept))
	}
	if r := app.do("release", Call{Agent: idB}); r.Code != households.NeedsKey {
		t.Errorf("got %+v", r)
	}
}

// TestAStolenAgentIsRemoved: it has no tile any more, after a restart of the app neither.
func TestAStolenAgentIsRemoved(t *testing.T) {
	t.Parallel()
	a, b := newHouse(t, idA, "Garage"), newHouse(t, idB, "Porch")
	pc := newComputer(t)
	app := pc.start(t)
	app.lockAll(a, b)
	a.Kill()
	if r := app.do("release", Call{Agent: idA}); r.Code != households.NoAnswer {
		t.Errorf("got %+v", r)
	}
	app.must("giveUp", Call{Agent: idA})
	gone := func(app *resident) bool {
		s := app.State()
		return len(s.Cameras) == 1 && len(s.Access.Households[0].Agents) == 1 && s.Access.Strange == 0
	}
	eventually(t, 5*time.Second, "its tile is gone", func() bool { return gone(app) })
	app.quit()
	again := pc.start(t)
	again.hear(b)
	again.comesTo(idB, cameras.Live, cameras.AccessLocked)
	if !gone(again) {
		t.Errorf("it is back: %+v", again.State().Cameras)
	}
	again.quit()
}

// TestTwoAppsLockAtTheSameTime: one of them is told that it has an owner already.
func TestTwoAppsLockAtTheSameTime(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	one, two := newComputer(t).start(t), newComputer(t).start(t)
	for _, app := range []*resident{one, two} {
		app.hear(a)
		app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	}
	one.must("lock", Call{Name: "Home", To: "all"})
	two.must("lock", Call{Name: "Home", To: "all"})
	steps := func(app *resident) LockAgent { return app.State().Access.Lock.Agents[0] }
	eventually(t, 20*time.Second, "one has it, the other is told", func() bool {
		x, y := steps(one), steps(two)
		if x.Step != "locked" {
			x, y = y, x
		}
		return x.Step == "locked" && y.Step == "failed" && y.Code == households.Claimed
	})
}

// TestLiesAtLocking: an agent that is not what it says is not taken for locked.
func TestLiesAtLocking(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 300<<10)
	hello := func(a *accesstest.Agent, change func(*api.Hello)) string {
		s := a.Get()
		h := api.Hello{API: 1, ID: idA, Name: "Garage", Access: api.Open, SPKI: s.SPKI, ClaimSeconds: 600}
		change(&h)
		data, _ := json.Marshal(h)
		return string(data)
	}
	for name, tt := range map[string]struct {
		path, method string
		answer       func(a *accesstest.Agent) string
		code         households.Code
	}{
		"says that it is locked": {api.AccessPath, http.MethodPost, func(a *accesstest.Agent) string {
			return hello(a, func(h *api.Hello) { h.Access = api.Locked })
		}, households.StillOpen},
		"a long answer":      {api.AccessPath, http.MethodPost, func(*accesstest.Agent) string { return long }, households.TooMuch},
		"a long hello":       {api.HelloPath, "", func(*accesstest.Agent) string { return long }, households.TooMuch},
		"no JSON":            {api.HelloPath, "", func(*accesstest.Agent) string { return "{" }, households.TooMuch},
		"another public key": {api.HelloPath, "", func(a *accesstest.Agent) string { return hello(a, func(h *api.Hello) { h.SPKI[0]++ }) }, households.ChangedKey},
		"locked, a bad proof": {api.ProofPath, "", func(*accesstest.Agent) string {
			data, _ := json.Marshal(api.Proof{Proof: household.Hash{1}})
			return string(data)
		}, households.Claimed},
		"locked, no proof":  {api.ProofPath, "", func(*accesstest.Agent) string { return `{"proof":"00"}` }, households.TooMuch},
		"an unknown access": {api.HelloPath, "", func(a *accesstest.Agent) string { return hello(a, func(h *api.Hello) { h.Access = "ajar" }) }, households.TooMuch},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newHouse(t, idA, "Garage")
			pc := newComputer(t)
			app := pc.start(t)
			app.hear(a)
			app.comesTo(idA, cameras.Live, cameras.AccessOpen)
			a.Set(func(s *accesstest.State) {
				if tt.path == api.ProofPath {
					s.Access = api.Locked
				}
				s.Answer = func(w http.ResponseWriter, r *http.Request) bool {
					if r.URL.Path != tt.path || tt.method != "" && r.Method != tt.method {
						return false
					}
					_, _ = io.WriteString(w, tt.answer(a))
					return true
				}
			})
			app.must("lock", Call{Name: "Home", To: "all", Agent: idA})
			if s := app.step(idA, "failed"); s.Code != tt.code {
				t.Errorf("got %+v", s)
			}
			if c := app.camera(cameras.Key(idA, "x")); c.Access == cameras.AccessLocked || len(app.home().Agents) != 0 {
				t.Errorf("it is taken for locked: %+v", c)
			}
		})
	}
}

// TestLostAnswerOfAClaim: an agent that hung up after it was claimed is ours all the
// same.
func TestLostAnswerOfAClaim(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	app := newComputer(t).start(t)
	app.hear(a)
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	a.Set(func(s *accesstest.State) {
		s.Answer = func(_ http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != api.AccessPath {
				return false
			}
			var c api.Claim
			_ = json.NewDecoder(r.Body).Decode(&c)
			a.Set(func(s *accesstest.State) {
				s.Access, s.Key, s.Passwords, s.Answer = api.Locked, c.Key, c.Passwords, nil
			})
			panic(http.ErrAbortHandler)
		}
	})
	app.must("lock", Call{Name: "Home", To: "all"})
	app.step(idA, "locked")
	app.comesTo(idA, cameras.Live, cameras.AccessLocked)
}

// TestOpenToAllAfterAClaim: an agent that proves its key and still shows its pictures to
// everybody is not locked.
func TestOpenToAllAfterAClaim(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	app := newComputer(t).start(t)
	app.hear(a)
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	a.Set(func(s *accesstest.State) {
		s.Answer = func(w http.ResponseWriter, r *http.Request) bool {
			var c api.Claim
			var n api.Nonce
			switch r.URL.Path {
			case api.AccessPath:
				_ = json.NewDecoder(r.Body).Decode(&c)
				a.Set(func(s *accesstest.State) { s.Key = c.Key })
				_, _ = io.WriteString(w, "{}")
			case api.ProofPath:
				_ = json.NewDecoder(r.Body).Decode(&n)
				_ = json.NewEncoder(w).Encode(api.Proof{Proof: a.Get().Key.Proof(n.Nonce)})
			default:
				return false
			}
			return true
		}
	})
	app.must("lock", Call{Name: "Home", To: "all"})
	if s := app.step(idA, "failed"); s.Code != households.StillOpen {
		t.Errorf("got %+v", s)
	}
	if c := app.camera(cameras.Key(idA, "x")); c.Access != cameras.AccessOpen || len(app.home().Agents) != 0 {
		t.Errorf("got %+v", c)
	}
}

// TestOpenStreamsEndWhenAnAgentIsLocked, also those that the agent goes on with: they
// are not encrypted.
func TestOpenStreamsEndWhenAnAgentIsLocked(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	app := newComputer(t).start(t)
	app.hear(a)
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	a.Set(func(s *accesstest.State) {
		s.Asked = nil
		s.Answer = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != api.AccessPath {
				return false
			}
			var c api.Claim
			_ = json.NewDecoder(r.Body).Decode(&c)
			a.Set(func(s *accesstest.State) { s.Access, s.Key, s.Passwords = api.Locked, c.Key, c.Passwords })
			_, _ = io.WriteString(w, "{}")
			return true
		}
	})
	app.must("lock", Call{Name: "Home", To: "all"})
	app.step(idA, "locked")
	eventually(t, 10*time.Second, "the only stream is encrypted", func() bool {
		s := a.Get()
		return s.Streams == 1 && slices.ContainsFunc(s.Asked, func(q accesstest.Asked) bool { return q.TLS && strings.HasSuffix(q.Path, "/video") })
	})
	app.comesTo(idA, cameras.Live, cameras.AccessLocked)
}

// TestOldAgentsCannotBeLocked, and are told apart from those that are off.
func TestOldAgentsCannotBeLocked(t *testing.T) {
	t.Parallel()
	a, b := newHouse(t, idA, "Garage"), newHouse(t, idB, "Porch")
	a.Set(func(s *accesstest.State) { s.Plain, s.Access = true, "" })
	a.Set(func(s *accesstest.State) {
		s.Answer = func(w http.ResponseWriter, r *http.Request) bool { return oldAnswer(a, w, r) }
	})
	app := newComputer(t).start(t)
	app.hear(a)
	app.hear(b)
	app.comesTo(idA, cameras.Live, cameras.NoAccess)
	app.comesTo(idB, cameras.Live, cameras.AccessOpen)
	b.Kill()
	app.must("lock", Call{Name: "Home", To: "all"})
	if s := app.step(idA, "failed"); s.Code != households.NoTLS {
		t.Errorf("old: %+v", s)
	}
	if s := app.step(idB, "failed"); s.Code != households.NoAnswer {
		t.Errorf("off: %+v", s)
	}
}

// oldAnswer is that of an agent that is older than access.
func oldAnswer(a *accesstest.Agent, w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path == api.StatusPath {
		_ = json.NewEncoder(w).Encode(a.Get().Status)
		return true
	}
	if strings.HasSuffix(r.URL.Path, "/video") {
		a.Set(func(s *accesstest.State) { s.Access = api.Open })
		return false
	}
	w.WriteHeader(http.StatusNotFound)
	return true
}

// TestNothingIsLockedWithoutAKeptKey: then nobody could open it again.
func TestNothingIsLockedWithoutAKeptKey(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "Garage")
	pc := newComputer(t)
	app := pc.start(t)
	app.hear(a)
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	pc.chain.set(func(c *chain) { c.fails = true })
	secret := filepath.Join(pc.dir, "secrets.json")
	if err := os.Mkdir(secret, 0o700); err != nil { // nor can the file be written
		t.Fatal(err)
	}
	if r := app.do("lock", Call{Name: "Home", To: "all"}); r.Code != households.NotKept || len(app.State().Access.Households) != 0 || app.State().Access.Lock != nil {
		t.Errorf("got %+v", r)
	}
	if a.Get().Access != api.Open {
		t.Error("it was locked all the same")
	}
	if err := os.Remove(secret); err != nil {
		t.Fatal(err)
	}
	app.must("lock", Call{Name: "Home", To: "all"}) // a file keeps it
	app.step(idA, "locked")
	if info, err := os.Stat(secret); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
}

// TestKeychainThatWaits: cameras of its household say so, nothing else waits for it, and
// a new key is kept in a file meanwhile.
func TestKeychainThatWaits(t *testing.T) {
	t.Parallel()
	a, b := newHouse(t, idA, "Garage"), newHouse(t, idB, "Porch")
	pc := newComputer(t)
	app := pc.start(t)
	app.lockAll(a)
	app.quit()
	waits := make(chan struct{})
	pc.chain.set(func(c *chain) { c.waits = waits })
	again := pc.start(t)
	again.comesTo(idA, cameras.Refused, cameras.NoKeychain)
	if h := again.home(); h.Kept != households.IsLoading {
		t.Errorf("got %+v", h)
	}
	again.Add(b.Addr())
	again.comesTo(idB, cameras.Live, cameras.AccessOpen)
	again.must("lock", Call{Name: "Workshop", To: "all", Agent: idB})
	again.step(idB, "locked")
	if data, _ := os.ReadFile(filepath.Join(pc.dir, "secrets.json")); !bytes.Contains(data, []byte("household:")) {
		t.Error("the new key is in no file")
	}
	close(waits)
	pc.chain.set(func(c *chain) { c.waits = nil })
	again.comesTo(idA, cameras.Live, cameras.AccessLocked)
	eventually(t, 10*time.Second, "the keychain has both", func() bool {
		n := 0
		pc.chain.set(func(c *chain) { n = len(c.kept) })
		return n == 2
	})
}

// TestKeychainThatFails: it is read again when a person tries again.
func TestKeychainThatFails(t *testing.T) {
	t.Parallel()
	a, b := newHouse(t, idA, "Garage"), newHouse(t, idB, "Porch")
	pc := newComputer(t)
	app := pc.start(t)
	app.lockAll(a)
	app.quit()
	pc.chain.set(func(c *chain) { c.fails = true })
	again := pc.start(t)
	again.comesTo(idA, cameras.Refused, cameras.NoKeychain)
	if h := again.home(); h.Kept != households.NotReadable {
		t.Errorf("got %+v", h)
	}
	if r := again.do("sheet", Call{Household: again.home().ID}); r.Code != households.Unreadable {
		t.Errorf("got %+v", r)
	}
	again.hear(b)
	eventually(t, 10*time.Second, "another agent is heard of", func() bool { return len(again.State().Access.New) == 1 })
	pc.chain.set(func(c *chain) { c.fails = false })
	again.Retry("")
	again.comesTo(idA, cameras.Live, cameras.AccessLocked)
}

// TestNewCameraYours: with a household, an agent that nobody knows is not on the wall by
// itself.
func TestNewCameraYours(t *testing.T) {
	t.Parallel()
	a, b, c := newHouse(t, idA, "Garage"), newHouse(t, idB, "Porch"), newHouse(t, idC, "Bed")
	pc := newComputer(t)
	app := pc.start(t)
	home := app.lockAll(a)
	app.hear(b)
	app.hear(c)
	eventually(t, 10*time.Second, "both are new", func() bool { return len(app.State().Access.New) == 2 })
	if n := len(app.State().Cameras); n != 1 {
		t.Errorf("%d cameras", n)
	}
	if s := b.Get(); s.Streams != 0 {
		t.Error("its pictures were asked for")
	}
	app.must("accept", Call{Agent: idB})
	app.comesTo(idB, cameras.Live, cameras.AccessOpen)
	app.must("decline", Call{Agent: idC})
	if s := app.State(); len(s.Access.New) != 0 || len(s.Cameras) != 2 {
		t.Errorf("got %+v", s.Access)
	}
	app.quit()

	again := pc.start(t)
	again.hear(c)
	again.hear(b)
	again.comesTo(idB, cameras.Live, cameras.AccessOpen)
	eventually(t, 10*time.Second, "it was asked", func() bool { return !again.agent(idC).Heard.IsZero() && again.agent(idC).Shown })
	if s := again.State(); len(s.Access.New) != 0 || len(s.Cameras) != 2 {
		t.Errorf("after a restart: %+v", s.Access)
	}
	if r := again.Add(c.Addr()); !r.OK() { // who types it wants it
		t.Errorf("got %+v", r)
	}
	again.comesTo(idC, cameras.Live, cameras.AccessOpen)
	if r := again.do("accept", Call{Agent: idC, Claim: true}); r.Code != households.Unknown {
		t.Errorf("one that is shown: %+v", r)
	}
	d := newHouse(t, "44444444-dddd-4ddd-8ddd-444444444444", "Shed")
	again.hear(d)
	eventually(t, 10*time.Second, "it is new", func() bool { return len(again.State().Access.New) == 1 })
	again.must("accept", Call{Agent: d.Get().Status.ID, Claim: true})
	again.step(d.Get().Status.ID, "locked")
	if n := len(again.home().Agents); n != 2 || again.home().ID != home {
		t.Errorf("%d agents", n)
	}
}

const idC = "33333333-cccc-4ccc-8ccc-333333333333"

// TestOwnersFacts: names and turns are kept here while an agent is open, and sent when
// it is locked.
func TestOwnersFacts(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "raspberrypi")
	pc := newComputer(t)
	app := pc.start(t)
	app.hear(a)
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	key := cameras.Key(idA, "x")
	if c := app.camera(key); !c.Unnamed || c.AgentName != "raspberrypi" || c.Rotation != 0 {
		t.Errorf("got %+v", c)
	}
	app.must("nameAgent", Call{Agent: idA, Name: "Garage"})
	if c := app.camera(key); c.Unnamed || c.AgentName != "Garage" || c.Name != "Garage x" {
		t.Errorf("named: %+v", c)
	}
	app.must("mount", Call{Key: key, Name: "Door", Rotation: 270, Mirror: true})
	if c := app.camera(key); c.Name != "Door" || c.Rotation != 270 || !c.Mirror {
		t.Errorf("mounted: %+v", c)
	}
	for _, bad := range []Call{{Key: key, Rotation: 45}, {Key: key, Rotation: -90}, {Key: "agent:x/y"}, {Key: key, Name: "a\nb"}, {Key: key, Name: strings.Repeat("x", 200)}} {
		if r := app.do("mount", bad); r.OK {
			t.Errorf("%+v: %+v", bad, r)
		}
	}
	app.quit()
	app = pc.start(t)
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	if c := app.camera(key); c.Name != "Door" || c.Rotation != 270 || !c.Mirror || c.AgentName != "Garage" {
		t.Errorf("after a restart: %+v", c)
	}
	app.lockAll(a)
	eventually(t, 20*time.Second, "the agent was sent it", func() bool {
		s := a.Get().Status
		return s.Name == "Garage" && s.Cameras[0].Name == "Door" && s.Cameras[0].Rotation == 270 && s.Cameras[0].Mirror
	})
	eventually(t, 20*time.Second, "the page is told the same", func() bool {
		c := app.camera(key)
		return c.Name == "Door" && c.Rotation == 270 && c.Mirror && c.AgentName == "Garage"
	})
	app.must("mount", Call{Key: key, Name: "Gate", Rotation: 90})
	if s := a.Get().Status.Cameras[0]; s.Name != "Gate" || s.Rotation != 90 || s.Mirror {
		t.Errorf("the agent has %+v", s)
	}
	eventually(t, 10*time.Second, "so is the page", func() bool { return app.camera(key).Name == "Gate" })
	a.Kill()
	if r := app.do("mount", Call{Key: key, Rotation: 180}); r.Code != households.NoAnswer {
		t.Errorf("off: %+v", r)
	}
}

// TestWhoJoinsTakesTheHouseholdsNames: what was said on a computer before it joined is
// not sent over what those say who locked the agent.
func TestWhoJoinsTakesTheHouseholdsNames(t *testing.T) {
	t.Parallel()
	a := newHouse(t, idA, "raspberrypi")
	one, two := newComputer(t).start(t), newComputer(t).start(t)
	key := cameras.Key(idA, "x")
	for app, name := range map[*resident]string{one: "Garage", two: "Carport"} {
		app.hear(a)
		app.comesTo(idA, cameras.Live, cameras.AccessOpen)
		app.must("nameAgent", Call{Agent: idA, Name: name})
		app.must("mount", Call{Key: key, Name: name + " door", Rotation: 90, Mirror: app == two})
	}
	home := one.lockAll(a)
	said := func() bool {
		s := a.Get().Status
		return s.Name == "Garage" && s.Cameras[0].Name == "Garage door" && !s.Cameras[0].Mirror
	}
	eventually(t, 20*time.Second, "the agent was sent it", said)
	two.comesTo(idA, cameras.Refused, cameras.NeedsKey)
	two.must("join", Call{Text: one.key(home), Name: "Home"})
	two.comesTo(idA, cameras.Live, cameras.AccessLocked)
	eventually(t, 20*time.Second, "the same there", func() bool {
		c := two.camera(key)
		return c.AgentName == "Garage" && c.Name == "Garage door" && !c.Mirror
	})
	a.Set(func(s *accesstest.State) { s.Asked = nil })
	eventually(t, 20*time.Second, "it was asked again", func() bool { return len(a.Get().Asked) > 4 })
	for _, q := range a.Get().Asked {
		if q.Method == http.MethodPut || !said() {
			t.Errorf("it was told %+v", q)
		}
	}
}

// TestWhoWatched lists clients of all open agents.
func TestWhoWatched(t *testing.T) {
	t.Parallel()
	a, b := newHouse(t, idA, "Garage"), newHouse(t, idB, "Porch")
	a.Set(func(s *accesstest.State) {
		s.Watchers = []api.Watcher{
			{Address: "192.168.1.9", Program: "Home\x00Assistant\u202e", Last: "2026-11-30T01:02:03Z"},
			{Address: "127.0.0.1", Program: "OctoPrint", Last: "yesterday"},
			{Address: "not an address"},
		}
	})
	b.Set(func(s *accesstest.State) {
		s.Answer = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == api.WatchersPath {
				_, _ = io.WriteString(w, strings.Repeat("[", 300<<10))
			}
			return r.URL.Path == api.WatchersPath
		}
	})
	app := newComputer(t).start(t)
	app.hear(a)
	app.hear(b)
	app.comesTo(idA, cameras.Live, cameras.AccessOpen)
	app.comesTo(idB, cameras.Live, cameras.AccessOpen)
	r := app.must("watchers", Call{})
	if len(r.Watched) != 2 || r.Watched[0].Name != "Garage" || len(r.Watched[0].Watchers) != 3 || r.Watched[1].Code != households.TooMuch {
		t.Fatalf("got %+v", r.Watched)
	}
	w := r.Watched[0].Watchers
	if w[0].Address != "192.168.1.9" || w[0].Program != "Home Assistant" || w[0].Last != 1796000523000 || w[0].Self || !w[1].Self || w[1].Last != 0 || w[2].Address != "" {
		t.Errorf("got %+v", w)
	}
	app.lockAll(a)
	if r := app.must("watchers", Call{Agent: idA}); len(r.Watched) != 1 || len(r.Watched[0].Watchers) != 3 {
		t.Errorf("of a locked one: %+v", r)
	}
}
