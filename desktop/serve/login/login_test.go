package login

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
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

func TestThePasswordStays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	g, made, err := Open(dir)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	cookie := g.NewCookie()
	again, made, err := Open(dir)
	if err != nil || made || again.Password() != g.Password() || !again.Cookie(cookie) || again.CookieName() != g.CookieName() {
		t.Errorf("after a restart: made %v, %v", made, err)
	}
	if info, err := os.Stat(filepath.Join(dir, fileName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info, err)
	}
	other, err := Renew(dir)
	if err != nil || other.Password() == g.Password() {
		t.Fatal("not another one", err)
	}
	if now := open(t, dir); now.Password() != other.Password() || now.Cookie(cookie) || now.View(g.Password().Reveal()) {
		t.Error("the one before still lets in")
	}
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
	right := g.Password().Reveal()
	for typed, want := range map[string]bool{
		right: true, strings.ToLower(right): true, strings.ReplaceAll(right, "-", " "): true,
		"": false, right[:18]: false, right + "A": false, "AAAA-AAAA-AAAA-AAAA": false,
	} {
		if g.View(typed) != want {
			t.Errorf("%q: %v", typed, !want)
		}
	}
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	g.now = func() time.Time { return now }
	cookie := g.NewCookie()
	now = now.Add(CookieTime - time.Second)
	if !g.Cookie(cookie) || g.Cookie(cookie+"0") || open(t, t.TempDir()).Cookie(cookie) {
		t.Error("the wrong cookies let in")
	}
	if now = now.Add(time.Second); g.Cookie(cookie) {
		t.Error("it never ends")
	}
	now = time.Unix(0, 0) // a Pi without a clock
	cookie = g.NewCookie()
	if now = floor.Add(time.Hour); !g.Cookie(cookie) {
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
	f.Add([]byte(`{"password":"ABCD-EFGH-JKMN-PQRS","key":"` + strings.Repeat("ab", 32) + `"}`))
	f.Add([]byte(`{"password":"","key":"` + strings.Repeat("00", 32) + `"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if g, err := parse(data); err == nil && !g.View(g.Password().Reveal()) {
			t.Errorf("%q lets nobody in", data)
		}
	})
}
