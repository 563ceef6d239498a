package households

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/accesstest"
	"pigrid/desktop/cameras"
	"pigrid/shared/api"
)

// sees makes these agents be known as locked, and no others.
func (r *around) sees(agents ...*accesstest.Agent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.agents = nil
	for _, a := range agents {
		id := a.Get().Status.ID
		r.agents = append(r.agents, Agent{ID: id, Name: id[:2], Addresses: []string{a.Addr()}, Answers: true, Access: cameras.AccessLocked, Cameras: 1})
	}
}

// shows is which view passwords a household has here.
func (r *around) shows(home string) string {
	var names []string
	for _, h := range r.All() {
		if h.ID == home {
			for _, p := range h.Passwords {
				names = append(names, p.Name)
			}
		}
	}
	return strings.Join(names, ",")
}

func (r *around) overruled(home string) bool {
	return slices.ContainsFunc(r.All(), func(h Household) bool { return h.ID == home && h.Overruled })
}

// twoComputers have one household with these agents.
func twoComputers(t *testing.T, agents ...*accesstest.Agent) (one, two *around, homeOne, homeTwo string) {
	t.Helper()
	one, two = newKeeper(t), newKeeper(t)
	var ids []string
	for _, a := range agents {
		one.there(a.Get().Status.ID, a.Addr())
		ids = append(ids, a.Get().Status.ID)
	}
	homeOne = one.lock("", ids...)
	one.EndLock()
	one.sees(agents...)
	two.sees(agents...)
	two.mu.Lock()
	for i := range two.agents {
		two.agents[i].Access = cameras.NeedsKey
	}
	two.mu.Unlock()
	sheet, _ := one.SheetOf(t.Context(), homeOne)
	homeTwo, opened, r := two.Join(t.Context(), sheet.Key, "Home", false)
	if r.Code != NoCode || len(opened) != len(agents) {
		t.Fatalf("join: %+v, %+v", r, opened)
	}
	two.sees(agents...)
	return one, two, homeOne, homeTwo
}

// TestTheSecondIsTold: of two computers that change the view passwords at the same
// moment, the first stands, and the other one says so.
func TestTheSecondIsTold(t *testing.T) {
	a := agentOf(t, idA)
	one, two, homeOne, homeTwo := twoComputers(t, a)
	for name, change := range map[string]func() Code{
		"add":    func() Code { return two.AddPassword(t.Context(), homeTwo, "second", time.Time{}) },
		"rename": func() Code { return two.ChangePassword(t.Context(), homeTwo, "all", "some", time.Time{}) },
	} {
		first := "first " + name
		two.until("nothing is on its way", func() bool { return !one.waits(idA) && !two.waits(idA) })
		a.Set(func(s *accesstest.State) {
			s.Answer = func(_ http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPut && r.URL.Path == api.PasswordsPath {
					a.Set(func(s *accesstest.State) { s.Answer = nil })
					if code := one.AddPassword(t.Context(), homeOne, first, time.Time{}); code != NoCode {
						t.Errorf("the first: %s", code)
					}
				}
				return false
			}
		})
		if code := change(); code != Conflict {
			t.Errorf("%s: the second is told %q", name, code)
		}
		if got := two.shows(homeTwo); got != one.shows(homeOne) || !strings.HasSuffix(got, first) {
			t.Errorf("%s: one shows %s, the other %s", name, one.shows(homeOne), got)
		}
		if one.overruled(homeOne) || two.overruled(homeTwo) {
			t.Errorf("%s: told twice", name)
		}
	}
	if code := two.AddPassword(t.Context(), homeTwo, "second", time.Time{}); code != NoCode {
		t.Errorf("tried again: %s", code)
	}
	var names []string
	for _, p := range a.Get().Passwords {
		names = append(names, p.Name)
	}
	if got := strings.Join(names, ","); got != two.shows(homeTwo) || !strings.HasSuffix(got, ",second") {
		t.Errorf("the agent has %s", got)
	}
}

// TestAllEndWithTheSame view passwords, when two computers reach different agents while
// they change them. Who did not win is told.
func TestAllEndWithTheSame(t *testing.T) {
	a, b := agentOf(t, idA), agentOf(t, idB)
	one, two, homeOne, homeTwo := twoComputers(t, a, b)
	one.sees(a)
	two.sees(b)
	if code := one.AddPassword(t.Context(), homeOne, "first", time.Time{}); code != NoCode {
		t.Fatal(code)
	}
	if code := two.AddPassword(t.Context(), homeTwo, "second", time.Time{}); code != NoCode {
		t.Fatal(code)
	}
	if a.Get().Version != b.Get().Version || a.Get().Signed == b.Get().Signed {
		t.Fatal("they do not differ")
	}
	one.sees(a, b)
	two.sees(a, b)
	one.until("all have the same", func() bool {
		return a.Get().Signed == b.Get().Signed && one.shows(homeOne) == two.shows(homeTwo) && one.overruled(homeOne) != two.overruled(homeTwo)
	})
	loser, home := one, homeOne
	if two.overruled(homeTwo) {
		loser, home = two, homeTwo
	}
	if code := loser.Seen(home); code != NoCode || loser.overruled(home) {
		t.Errorf("seen: %s", code)
	}
	if code := loser.AddPassword(t.Context(), home, "third", time.Time{}); code != NoCode {
		t.Errorf("afterwards: %s", code)
	}
	one.until("all have the third", func() bool {
		return len(a.Get().Passwords) == 3 && a.Get().Signed == b.Get().Signed
	})
}

// TestAChangeWhileAllAreOff is lost to one that was made meanwhile, not without a word.
func TestAChangeWhileAllAreOff(t *testing.T) {
	a := agentOf(t, idA)
	one, two, homeOne, homeTwo := twoComputers(t, a)
	two.sees()
	if code := two.RemovePassword(t.Context(), homeTwo, "all"); code != Last {
		t.Fatal(code)
	}
	if code := two.AddPassword(t.Context(), homeTwo, "offline", time.Time{}); code != NoCode {
		t.Fatal(code)
	}
	for _, name := range []string{"b", "c"} { // two changes: its version is newer for certain
		if code := one.AddPassword(t.Context(), homeOne, name, time.Time{}); code != NoCode {
			t.Fatal(code)
		}
	}
	two.sees(a)
	two.until("it is told", func() bool { return two.overruled(homeTwo) && two.shows(homeTwo) == "all,b,c" })
}
