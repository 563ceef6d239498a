package web

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pigrid/agent/access"
	"pigrid/agent/frames"
	"pigrid/agent/identity"
	"pigrid/shared/api"
	"pigrid/shared/household"
)

// lockedHandler is an agent that is locked, without a network. Its requests come
// over HTTP.
func lockedHandler(f *testing.F) (h http.Handler, view household.ViewPassword) {
	f.Helper()
	log := slog.New(slog.DiscardHandler)
	guard, err := access.Open(access.Config{Dir: f.TempDir(), ID: siteID, Log: log, Lasts: func() bool { return true }})
	if err != nil {
		f.Fatal(err)
	}
	view = household.NewViewPassword()
	claim := api.Claim{Key: household.AgentKey{1}, Passwords: []api.ViewPassword{{Name: "a", Hash: view.Hash()}}}
	if r := guard.Claim(claim); r != nil {
		f.Fatal(r.Detail)
	}
	s := New(Config{Cameras: &frames.Set{}, Identity: identity.Identity{ID: siteID, Name: "Pi"}, Log: log, Access: guard})
	s.pacer.each = 1 << 20
	return s.Handler(f.Context()), view
}

func answerTo(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	r.RemoteAddr = "127.0.0.1:1234"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Nothing but the right password lets anybody in, however it is sent.
func FuzzLogins(f *testing.F) {
	h, _ := lockedHandler(f)
	f.Add("Basic eDp5", "pigrid-00000000=00", "key=x")
	f.Add("Bearer "+strings.Repeat("0", 64), "a=b; pigrid-00000000="+strings.Repeat("f", 96), "key=&key=0000-0000-0000-0000")
	f.Add("bearer", "pigrid-00000000", "%zz")
	f.Fuzz(func(t *testing.T, authorization, cookie, query string) {
		r := httptest.NewRequest(http.MethodGet, "http://pi/cameras", nil)
		r.URL.RawQuery = query
		r.Header.Set("Authorization", authorization)
		r.Header.Set("Cookie", cookie)
		switch w := answerTo(h, r); w.Code {
		case http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusUpgradeRequired:
		default:
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

// A form leads nowhere but to this agent, and gives no cookie for a wrong password.
func FuzzLoginForm(f *testing.F) {
	h, view := lockedHandler(f)
	f.Add("password=x&next=/")
	f.Add("password=" + strings.Repeat("0", 16) + "&next=//evil.example")
	f.Add("next=%0d%0aX:y")
	f.Fuzz(func(t *testing.T, form string) {
		for _, password := range []string{"", "&password=" + view.Reveal()} {
			r := httptest.NewRequest(http.MethodPost, "http://pi/login", strings.NewReader(form+password))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := answerTo(h, r)
			to := w.Header().Get("Location")
			if w.Code == http.StatusSeeOther && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "\\")) {
				t.Errorf("it leads to %q", to)
			}
			if password == "" && w.Header().Get("Set-Cookie") != "" {
				t.Error("a cookie for", form)
			}
		}
	})
}

// A body is JSON of the right kind, or is answered with a sentence.
func FuzzAccessBody(f *testing.F) {
	f.Add([]byte(`{"nonce":"` + strings.Repeat("00", 32) + `"}`))
	f.Add([]byte(`{"key":"","passwords":[{}]}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, read := range []func(http.ResponseWriter, *http.Request) bool{
			func(w http.ResponseWriter, r *http.Request) bool { _, ok := readJSON[api.Nonce](w, r); return ok },
			func(w http.ResponseWriter, r *http.Request) bool { _, ok := readJSON[api.Claim](w, r); return ok },
			func(w http.ResponseWriter, r *http.Request) bool { _, ok := readJSON[api.Mounting](w, r); return ok },
		} {
			r := httptest.NewRequest(http.MethodPost, "http://pi/", io.NopCloser(bytes.NewReader(body)))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			if ok := read(w, r); !ok && w.Code != http.StatusBadRequest {
				t.Errorf("%q: %d", body, w.Code)
			}
		}
	})
}
