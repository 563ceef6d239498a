package login

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"pigrid/shared/household"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, dir string) *Gate {
	t.Helper()
	g, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func change(t *testing.T, g *Gate, c Change) {
	t.Helper()
	if err := g.Change(c); err != nil {
		t.Fatal(err)
	}
}

func TestPasswordsStay(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	g, made, err := Open(dir)
	if err != nil || !made || len(g.Passes()) != 1 || g.Passes()[0].Name != FirstName {
		t.Fatal(made, err)
	}
	first, until := g.Passes()[0], time.Now().Add(time.Hour).Round(0)
	change(t, g, Change{Do: Add, Name: "guests", Until: until})
	cookie := g.NewCookie(g.Find("Guests"))
	again, made, err := Open(dir)
	if err != nil || made || len(again.Passes()) != 2 || again.View(first.Reveal()) == nil || again.CookieName() != g.CookieName() {
		t.Fatalf("after a restart: made %v, %v", made, err)
	}
	if p := again.Cookie(cookie); p == nil || p.Name != "guests" || !p.Until.Equal(until) {
		t.Errorf("the cookie after a restart: %+v", p)
	}
	if info, err := os.Stat(filepath.Join(dir, fileName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info, err)
	}
}

// TestOneWithoutAName was kept by versions that knew one only.
func TestOneWithoutAName(t *testing.T) {
	g, err := parse([]byte(`{"password":"ABCD-EFGH-JKMN-PQRS","key":"` + strings.Repeat("ab", 32) + `"}`))
	if err != nil || g.View("abcdefghjkmnpqrs") == nil || g.Find(FirstName) == nil {
		t.Error(err)
	}
}

// TestChanges count at once: what was logged in with a password that is gone ends.
func TestChanges(t *testing.T) {
	g := open(t, t.TempDir())
	first := g.Passes()[0]
	change(t, g, Change{Do: Add, Name: "guests"})
	change(t, g, Change{Do: Add, Name: "Home Assistant"})
	guests, programs := g.Find("guests"), g.Find("home assistant")
	cookie, other := g.NewCookie(guests), g.NewCookie(programs)
	watching, free := guests.Within(t.Context())
	defer free()
	still, free2 := programs.Within(t.Context())
	defer free2()
	change(t, g, Change{Do: Remove, Name: "GUESTS"})
	<-watching.Done()
	if g.View(guests.Reveal()) != nil || g.Cookie(cookie) != nil || g.Find("guests") != nil {
		t.Error("what was removed lets in")
	}
	if still.Err() != nil || g.Cookie(other) == nil || g.View(first.Reveal()) == nil {
		t.Error("another password ended, too")
	}
	change(t, g, Change{Do: Renew})
	if g.View(first.Reveal()) != nil || g.Find(FirstName) == nil || g.Find(FirstName).Reveal() == first.Reveal() || g.Passes()[0].Name != FirstName {
		t.Error("the first one was not replaced")
	}
	change(t, g, Change{Do: Renew, Name: "home assistant"})
	<-still.Done()
}

// TestAnEndedPasswordIsNotRenewed: it would let nobody in.
func TestAnEndedPasswordIsNotRenewed(t *testing.T) {
	g := open(t, t.TempDir())
	change(t, g, Change{Do: Add, Name: "guests", Until: time.Now().Add(time.Hour)})
	g.now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	if err := g.Change(Change{Do: Renew, Name: "guests"}); err == nil || !strings.Contains(err.Error(), "has ended") {
		t.Error(err)
	}
}

func TestChangesThatCannotBe(t *testing.T) {
	g := open(t, t.TempDir())
	for want, c := range map[string]Change{
		"needs a name":                {Do: Add},
		"of 1 to 64 bytes":            {Do: Add, Name: "a\nb"},
		`"household" already`:         {Do: Add, Name: "Household"},
		"has passed":                  {Do: Add, Name: "guests", Until: time.Now().Add(-time.Second)},
		`no view password "guests"`:   {Do: Remove, Name: "guests"},
		`no view password ""`:         {Do: Remove},
		`no view password "tv"`:       {Do: Renew, Name: "tv"},
		"it is the only view":         {Do: Remove, Name: FirstName},
		`there is no change "rename"`: {Do: "rename", Name: FirstName},
	} {
		if err := g.Change(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for i := range MaxPasswords - 1 {
		change(t, g, Change{Do: Add, Name: strings.Repeat("a", i+1)})
	}
	if err := g.Change(Change{Do: Add, Name: "one more"}); err == nil || !strings.Contains(err.Error(), "remove one first") {
		t.Error(err)
	}
	g.dir = "/proc/none"
	before := g.Passes()
	if err := g.Change(Change{Do: Renew}); err == nil || !strings.Contains(err.Error(), "nothing has changed") || g.Passes()[0] != before[0] {
		t.Error(err)
	}
}

// TestTheEnd of a password ends what it let in.
func TestTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &Gate{dir: t.TempDir(), key: newKey(), now: func() time.Time {
			return household.Floor.AddDate(1, 0, 0).Add(time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)))
		}}
		g.passes = []*Pass{newPass("guests", g.now().Add(time.Minute), household.NewViewPassword()), newPass(FirstName, time.Time{}, household.NewViewPassword())}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); g.Run(ctx) }()
		guests, cookie := g.Find("guests"), g.NewCookie(g.Find("guests"))
		watching, free := guests.Within(t.Context())
		defer free()
		staying, free2 := g.Find(FirstName).Within(t.Context())
		defer free2()
		time.Sleep(time.Minute - time.Second)
		if synctest.Wait(); watching.Err() != nil || g.Cookie(cookie) == nil {
			t.Error("it ends early")
		}
		time.Sleep(endsEvery + time.Second)
		if synctest.Wait(); watching.Err() == nil || g.Cookie(cookie) != nil || g.View(guests.Reveal()) != nil || staying.Err() != nil {
			t.Error("it does not end, or another one does")
		}
		if g.Find("guests") == nil {
			t.Error("nobody can see that it ended")
		}
		stop()
		<-done
	})
}

func TestADamagedFileIsNotReplaced(t *testing.T) {
	for _, text := range []string{"", "{", "{}", `{"password":"XXXX-XXXX-XXXX-XXXX"}`, `{"password":"ABC","key":"` + strings.Repeat("ab", 32) + `"}`} {
		dir := t.TempDir()
		path := filepath.Join(dir, fileName)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := Open(dir)
		if err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "XXXX") {
			t.Errorf("%s: %v", text, err)
		}
		if now, _ := os.ReadFile(path); string(now) != text {
			t.Errorf("%s became %s", text, now)
		}
	}
	if _, _, err := Open("/proc/none"); err == nil || !strings.Contains(err.Error(), "could not be kept") {
		t.Error(err)
	}
}

func TestWhoMayWatch(t *testing.T) {
	g := open(t, t.TempDir())
	right := g.Passes()[0].Reveal()
	for typed, want := range map[string]bool{
		right: true, strings.ToLower(right): true, strings.ReplaceAll(right, "-", " "): true,
		"": false, right[:18]: false, right + "A": false, "AAAA-AAAA-AAAA-AAAA": false,
	} {
		if (g.View(typed) != nil) != want {
			t.Errorf("%q: %v", typed, !want)
		}
	}
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	g.now = func() time.Time { return now }
	cookie := g.NewCookie(g.Passes()[0])
	now = now.Add(household.CookieTime - time.Second)
	if g.Cookie(cookie) == nil || g.Cookie(cookie+"0") != nil || open(t, t.TempDir()).Cookie(cookie) != nil {
		t.Error("the wrong cookies let in")
	}
	if now = now.Add(time.Second); g.Cookie(cookie) != nil {
		t.Error("it never ends")
	}
	now = time.Unix(0, 0) // a Pi without a clock
	cookie = g.NewCookie(g.Passes()[0])
	if now = household.Floor.Add(time.Hour); g.Cookie(cookie) == nil {
		t.Error("it ends when the clock is set")
	}
	from, wait := netip.MustParseAddr("192.168.1.9"), time.Duration(0)
	for range 6 {
		wait = g.Wrong(from)
	}
	if wait == 0 {
		t.Error("it can be guessed")
	}
}

func FuzzParse(f *testing.F) {
	key := `"key":"` + strings.Repeat("ab", 32) + `"`
	f.Add([]byte(`{"password":"ABCD-EFGH-JKMN-PQRS",` + key + `}`))
	f.Add([]byte(`{"passwords":[{"name":"a","password":"ABCD-EFGH-JKMN-PQRS","until":"2026-12-24T00:00:00Z"}],` + key + `}`))
	f.Add([]byte(`{"password":"","key":"` + strings.Repeat("00", 32) + `"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := parse(data)
		if err != nil {
			return
		}
		if n := len(g.Passes()); n < 1 || n > MaxPasswords {
			t.Errorf("%q: %d passwords", data, n)
		}
		for _, p := range g.Passes() {
			if p.Lasts(g.now()) && g.View(p.Reveal()) == nil {
				t.Errorf("%q lets nobody in", data)
			}
		}
	})
}
