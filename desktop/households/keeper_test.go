package households

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"pigrid/desktop/accesstest"
	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/settings"
	"pigrid/desktop/tasks"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
	"pigrid/shared/household"
)

const (
	idA = "0a000000-0000-4000-8000-000000000001"
	idB = "0b000000-0000-4000-8000-000000000002"
	idC = "0c000000-0000-4000-8000-000000000003"
)

// vault keeps secrets in memory; nothing is forgotten while it is stuck.
type vault struct {
	mu    sync.Mutex
	kept  map[string]string
	stuck bool
}

func (v *vault) Set(_ context.Context, name, secret string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.kept[name] = secret
	return nil
}

func (v *vault) Get(_ context.Context, name string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.kept[name], nil
}

func (v *vault) Delete(_ context.Context, name string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.stuck {
		return errors.New("the keychain is locked")
	}
	delete(v.kept, name)
	return nil
}

// around is a Keeper among agents that are there.
type around struct {
	*Keeper
	t      *testing.T
	vault  *vault
	mu     sync.Mutex
	agents []Agent
}

func newKeeper(t *testing.T) *around {
	store, err := settings.Open(filepath.Join(t.TempDir(), "settings.json"))
	if err != nil {
		t.Fatal(err)
	}
	group, reach := tasks.NewGroup(), client.NewClient()
	r := &around{t: t, vault: &vault{kept: map[string]string{}}}
	r.Keeper = New(Config{
		Find: reach.Find, Client: reach, Secrets: r.vault, Settings: store, Tasks: group,
		Agents: func() []Agent {
			r.mu.Lock()
			defer r.mu.Unlock()
			return slices.Clone(r.agents)
		},
		Repinned: func(string) {}, Again: func(string) {},
		Facts: func(string) Facts { return Facts{} }, Sent: func(string, Facts) {},
		Logger: slog.New(slog.DiscardHandler),
	})
	r.Start()
	t.Cleanup(func() { group.Stop(20 * time.Second) })
	return r
}

// there makes an agent be known at some addresses.
func (r *around) there(id string, addresses ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.agents = slices.DeleteFunc(r.agents, func(a Agent) bool { return a.ID == id })
	r.agents = append(r.agents, Agent{ID: id, Name: id[:2], Addresses: addresses, Answers: true, Access: cameras.AccessOpen, Cameras: 1})
}

// lock locks all agents that are there, and waits until some of them are.
func (r *around) lock(home string, ids ...string) string {
	r.t.Helper()
	home, code := r.Lock(r.t.Context(), home, "Home", "all", "")
	if code != NoCode {
		r.t.Fatalf("got %q", code)
	}
	for _, id := range ids {
		r.until(id+" is locked", func() bool { return r.step(id).Step == StepLocked })
	}
	return home
}

func (r *around) step(id string) Step {
	_, steps := r.Locking()
	for _, s := range steps {
		if s.ID == id {
			return s
		}
	}
	return Step{}
}

func (r *around) until(what string, ok func() bool) {
	r.t.Helper()
	for limit := time.Now().Add(20 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(limit) {
			_, steps := r.Locking()
			r.t.Fatalf("not within 20 s: %s; locking is at %+v", what, steps)
		}
	}
}

func agentOf(t *testing.T, id string) *accesstest.Agent {
	return accesstest.New(t, id, id[:2], nil, "x")
}

// hang makes an agent answer a path never.
func hang(t *testing.T, a *accesstest.Agent, path string) (again func()) {
	gone := make(chan struct{})
	again = sync.OnceFunc(func() {
		close(gone)
		a.Set(func(s *accesstest.State) { s.Answer = nil })
	})
	t.Cleanup(again)
	a.Set(func(s *accesstest.State) {
		s.Answer = func(_ http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != path {
				return false
			}
			select {
			case <-gone:
			case <-r.Context().Done():
			}
			panic(http.ErrAbortHandler)
		}
	})
	return again
}

// TestOneThatHangsHoldsUpNobody: others are tried again meanwhile.
func TestOneThatHangsHoldsUpNobody(t *testing.T) {
	r := newKeeper(t)
	slow, closed := agentOf(t, idA), agentOf(t, idB)
	again := hang(t, slow, api.HelloPath)
	closed.Set(func(s *accesstest.State) { s.Claimable = 0 })
	r.there(idA, slow.Addr(), slow.Addr(), slow.Addr(), slow.Addr()) // 12 s
	r.there(idB, closed.Addr())
	home := r.lock("")
	r.until("it must be switched off and on", func() bool { return r.step(idB).Step == StepRestart })
	begin := time.Now()
	closed.Set(func(s *accesstest.State) { s.Claimable = 600 })
	r.until("it is locked", func() bool { return r.step(idB).Step == StepLocked })
	if s := r.step(idA); s.Step != StepAsking {
		t.Errorf("after %v the other one is no longer asked: %+v", time.Since(begin), s)
	}
	again()
	r.lock(home, idA)
}

// TestALiarThatAnswersFirst in the place of an agent whose public key is known holds up
// nothing.
func TestALiarThatAnswersFirst(t *testing.T) {
	r := newKeeper(t)
	a, liar := agentOf(t, idA), agentOf(t, idA)
	r.there(idA, a.Addr())
	home := r.lock("", idA)
	if refused := r.Release(t.Context(), idA); refused.Code != NoCode {
		t.Fatalf("got %+v", refused)
	}
	r.there(idA, liar.Addr(), a.Addr())
	r.lock(home, idA)
	if a.Get().Access != api.Locked || liar.Get().Access != api.Open {
		t.Error("the wrong one is locked")
	}
}

// TestNothingIsMadeWhileAnotherIsLocked: who is refused has no new household.
func TestNothingIsMadeWhileAnotherIsLocked(t *testing.T) {
	r := newKeeper(t)
	a := agentOf(t, idA)
	a.Set(func(s *accesstest.State) { s.Claimable = 0 })
	r.there(idA, a.Addr())
	r.lock("")
	if _, code := r.Lock(t.Context(), "", "Another", "all", ""); code != Busy || len(r.All()) != 1 {
		t.Errorf("got %q, %d households", code, len(r.All()))
	}
}

// TestAKeyThatIsNotForgotten: the household stays as long as its key does.
func TestAKeyThatIsNotForgotten(t *testing.T) {
	r := newKeeper(t)
	home := r.lock("")
	r.vault.stuck = true
	if code := r.Leave(t.Context(), home); code != NotForgotten || len(r.All()) != 1 {
		t.Errorf("got %q, %d households", code, len(r.All()))
	}
	r.vault.stuck = false
	if code := r.Leave(t.Context(), home); code != NoCode || len(r.All()) != 0 || len(r.vault.kept) != 0 {
		t.Errorf("got %q, %d households", code, len(r.All()))
	}
}

// TestAProofThatDoesNotCome says nothing of whose camera it is.
func TestAProofThatDoesNotCome(t *testing.T) {
	one, two := newKeeper(t), newKeeper(t)
	a := agentOf(t, idA)
	one.there(idA, a.Addr())
	home := one.lock("", idA)
	sheet, _ := one.SheetOf(t.Context(), home)
	if _, _, refused := two.Join(t.Context(), sheet.Key, "Home", true); refused.Code != NoCode {
		t.Fatalf("got %+v", refused)
	}
	a.Set(func(s *accesstest.State) {
		s.Answer = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == api.ProofPath {
				w.WriteHeader(http.StatusServiceUnavailable)
				_, _ = io.WriteString(w, `{"error":"busy"}`)
			}
			return r.URL.Path == api.ProofPath
		}
	})
	at := endpoint.All([]string{a.Addr()})
	if found, err := two.Find(t.Context(), idA, at); err == nil {
		t.Errorf("got %v", found.Denied)
	}
	a.Set(func(s *accesstest.State) { s.Answer = nil })
	if found, err := two.Find(t.Context(), idA, at); err != nil || found.Denied != cameras.NoAccess {
		t.Errorf("got %v, %v", found.Denied, err)
	}
}

// TestGivenUp is for good: the agent is sent nothing and is not taken in by itself.
func TestGivenUp(t *testing.T) {
	r := newKeeper(t)
	a := agentOf(t, idA)
	r.there(idA, a.Addr())
	home := r.lock("", idA)
	a.Kill()
	if code := r.GiveUp(idA); code != NoCode || len(r.All()[0].Agents) != 0 {
		t.Errorf("got %q, %+v", code, r.All())
	}
	if code := r.GiveUp(idA); code != Unknown {
		t.Errorf("got %q", code)
	}
	a.Start()
	a.Set(func(s *accesstest.State) { s.Asked = nil })
	at := endpoint.All([]string{a.Addr()})
	if found, err := r.Find(t.Context(), idA, at); err != nil || found.Denied != cameras.NotYours {
		t.Errorf("got %v, %v", found.Denied, err)
	}
	for _, q := range a.Get().Asked {
		if q.Authorization != "" || q.Method != http.MethodGet {
			t.Errorf("it was told %+v", q)
		}
	}
	r.Welcome(idA)
	r.until("it is taken in", func() bool {
		found, err := r.Find(t.Context(), idA, at)
		return err == nil && found.Denied == cameras.NoAccess
	})
	if r.HouseholdOf(idA) != home {
		t.Error("it is in no household")
	}
}

// TestReleasedElsewhere: who says with its own key that it is open is in no household.
func TestReleasedElsewhere(t *testing.T) {
	r := newKeeper(t)
	a := agentOf(t, idA)
	r.there(idA, a.Addr())
	r.lock("", idA)
	a.Set(func(s *accesstest.State) { s.Access, s.Key = api.Open, household.AgentKey{} })
	if _, err := r.Find(t.Context(), idA, endpoint.All([]string{a.Addr()})); err != nil {
		t.Fatal(err)
	}
	if r.HouseholdOf(idA) != "" || !r.Pinned(idA) {
		t.Errorf("household %q, pinned %v", r.HouseholdOf(idA), r.Pinned(idA))
	}
}

// TestMovedToAnotherHousehold: the key of that is no newer key of the one before.
func TestMovedToAnotherHousehold(t *testing.T) {
	one, two := newKeeper(t), newKeeper(t)
	a, b, c := agentOf(t, idA), agentOf(t, idB), agentOf(t, idC)
	one.there(idA, a.Addr())
	one.there(idC, c.Addr())
	ours := one.lock("", idA, idC)
	a.Set(func(s *accesstest.State) {
		s.Access, s.Key, s.Passwords, s.Version = api.Open, household.AgentKey{}, nil, 0
		s.Claimable = 600
	})
	two.there(idA, a.Addr())
	two.there(idB, b.Addr())
	theirs := two.lock("", idA, idB)
	sheet, _ := two.SheetOf(t.Context(), theirs)
	one.mu.Lock()
	one.agents[0].Access = cameras.NeedsKey
	one.mu.Unlock()
	home, opened, refused := one.Join(t.Context(), sheet.Key, "Theirs", false)
	if refused.Code != NoCode || len(opened) != 1 || home == ours || len(one.All()) != 2 {
		t.Errorf("got %q of %q, %+v, %+v", home, ours, opened, refused)
	}
	if one.HouseholdOf(idA) != home || one.HouseholdOf(idC) != ours {
		t.Errorf("got %q and %q", one.HouseholdOf(idA), one.HouseholdOf(idC))
	}
}

// TestTrustNeedsOneAnswer: of two who answer with different public keys, neither is
// believed, but for the one that proves our key.
func TestTrustNeedsOneAnswer(t *testing.T) {
	r := newKeeper(t)
	a, liar := agentOf(t, idA), agentOf(t, idA)
	r.there(idA, a.Addr())
	home := r.lock("", idA)
	a.NewCertificate()
	a.Set(func(s *accesstest.State) { s.Access, s.Key = api.Open, household.AgentKey{} })
	r.there(idA, a.Addr(), liar.Addr())
	before := r.pins[idA]
	if refused := r.Trust(t.Context(), idA); refused.Code != Ambiguous || r.pins[idA] != before {
		t.Errorf("got %+v", refused)
	}
	sheet, _ := r.SheetOf(t.Context(), home)
	key, err := household.ParseKey(sheet.Key)
	if err != nil {
		t.Fatal(err)
	}
	a.Set(func(s *accesstest.State) { s.Access, s.Key = api.Locked, key.ForAgent(idA, s.SPKI) })
	r.there(idA, liar.Addr(), a.Addr())
	if refused := r.Trust(t.Context(), idA); refused.Code != NoCode || !r.believes(idA, a.Get().SPKI) || r.HouseholdOf(idA) != home {
		t.Errorf("got %+v", refused)
	}
}

// TestTrustNeedsAKey: who answers without encryption is nobody, alone and beside others.
func TestTrustNeedsAKey(t *testing.T) {
	r := newKeeper(t)
	a, liar, off := agentOf(t, idA), agentOf(t, idA), agentOf(t, idA)
	r.there(idA, a.Addr())
	home := r.lock("", idA)
	liar.Set(func(s *accesstest.State) { s.Plain = true })
	off.Kill()
	before := r.pins[idA]
	for name, at := range map[string][]string{"alone": {liar.Addr()}, "first": {liar.Addr(), off.Addr()}, "last": {off.Addr(), liar.Addr()}} {
		r.there(idA, at...)
		if refused := r.Trust(t.Context(), idA); refused.Code != NoTLS && refused.Code != NoAnswer || r.pins[idA] != before {
			t.Errorf("%s: %+v, and %s is believed %t", name, refused, idA, r.Pinned(idA))
		}
	}
	for name, at := range map[string][]string{"first": {liar.Addr(), a.Addr()}, "last": {a.Addr(), liar.Addr()}} {
		r.there(idA, at...)
		if refused := r.Trust(t.Context(), idA); refused.Code != NoCode || !r.believes(idA, a.Get().SPKI) || r.HouseholdOf(idA) != home {
			t.Errorf("beside the right one, %s: %+v", name, refused)
		}
	}
	if n := len(liar.Get().Asked); n != 0 {
		t.Errorf("it was asked %d times", n)
	}
}
