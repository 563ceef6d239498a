package site

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/serve/login"
)

const formKind = "application/x-www-form-urlencoded"

// visitor is a browser: it keeps cookies and says what it is shown.
type visitor struct {
	t       *testing.T
	at      string
	cookies map[string]string
}

func (v *visitor) ask(method, path, form string) (reply, string) {
	v.t.Helper()
	var all []string
	for name, value := range v.cookies {
		all = append(all, name+"="+value)
	}
	answer, body := askFor(v.t, 64<<10, method, v.at+path, form, "Accept", "text/html", "Content-Type", formKind, "Cookie", strings.Join(all, "; "))
	for _, c := range answer.Cookies() {
		v.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	return answer, body
}

func visit(t *testing.T, at string) *visitor { return &visitor{t, at, map[string]string{}} }

var shownCode = regexp.MustCompile(`<p class="code">([B-Z]{4}-[B-Z]{4})</p>`)

// code has a screen show a code.
func (v *visitor) code(next string) string {
	v.t.Helper()
	answer, _ := v.ask(http.MethodPost, "/login/screen", url.Values{"next": {next}}.Encode())
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/login/screen" {
		v.t.Fatal(answer.Status, answer.Header)
	}
	_, body := v.ask(http.MethodGet, "/login/screen", "")
	found := shownCode.FindStringSubmatch(body)
	if found == nil || !strings.Contains(body, "<svg ") || !strings.Contains(body, "/device</strong>") {
		v.t.Fatal(body)
	}
	return found[1]
}

// TestAScreen is logged in by a phone that is, and by nobody else.
func TestAScreen(t *testing.T) {
	cfg := config(t)
	cfg.Gate = gate(t)
	at := serve(t, cfg)
	tv, phone, guest := visit(t, at), visit(t, at), visit(t, at)
	code := tv.code("/?view=Garden&kiosk")
	if again := tv.code("/"); again != code {
		t.Error("a screen that is loaded again shows another code")
	}
	if answer, body := guest.ask(http.MethodPost, "/device", "code="+code); answer.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "View password") {
		t.Errorf("who is not logged in: %s %s", answer.Status, body)
	}
	phone.ask(http.MethodPost, "/login", "password="+cfg.Gate.Passes()[0].Reveal())
	if _, body := phone.ask(http.MethodGet, "/device?code="+strings.ToLower(code), ""); !strings.Contains(body, "A screen at <strong>127.0.0.1</strong>") || !strings.Contains(body, code) {
		t.Errorf("before it is confirmed: %s", body)
	}
	if answer, _ := tv.ask(http.MethodGet, "/login/screen", ""); answer.StatusCode != http.StatusOK {
		t.Errorf("a look at the code lets it in: %s", answer.Status)
	}
	if answer, body := phone.ask(http.MethodPost, "/device", "code="+code); answer.StatusCode != http.StatusOK || !strings.Contains(body, "The screen is logged in") || !strings.Contains(body, login.FirstName) {
		t.Errorf("%s %s", answer.Status, body)
	}
	if answer, _ := phone.ask(http.MethodPost, "/device", "code="+code); answer.StatusCode != http.StatusNotFound {
		t.Errorf("a code counts twice: %s", answer.Status)
	}
	if answer, _ := guest.ask(http.MethodGet, "/login/screen", ""); answer.StatusCode != http.StatusOK || len(guest.cookies) != 0 {
		t.Errorf("another browser is let in: %s", answer.Status)
	}
	if answer, _ := tv.ask(http.MethodGet, "/login/screen", ""); answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/?view=Garden&kiosk" {
		t.Errorf("the screen: %s %v", answer.Status, answer.Header)
	}
	if answer, _ := tv.ask(http.MethodGet, "/", ""); answer.StatusCode != http.StatusOK || len(tv.cookies) != 1 {
		t.Errorf("the screen is not logged in: %s %v", answer.Status, tv.cookies)
	}
	if err := cfg.Gate.Change(login.Change{Do: login.Renew}); err != nil {
		t.Fatal(err)
	}
	if answer, _ := tv.ask(http.MethodGet, "/", ""); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("it outlives the password of who let it in: %s", answer.Status)
	}
}

// TestWrongCodes cannot be guessed by many tries.
func TestWrongCodes(t *testing.T) {
	cfg := config(t)
	cfg.Gate = gate(t)
	at := serve(t, cfg)
	phone := visit(t, at)
	phone.ask(http.MethodPost, "/login", "password="+cfg.Gate.Passes()[0].Reveal())
	seen := map[int]int{}
	for _, code := range []string{"BBBB-BBBB", "x", "CCCC-CCCC", "DDDD-DDDD", "FFFF-FFFF", "GGGG-GGGG", "HHHH-HHHH"} {
		answer, body := phone.ask(http.MethodPost, "/device", "code="+code)
		seen[answer.StatusCode]++
		if !strings.Contains(body, `role="alert"`) {
			t.Error(body)
		}
	}
	if seen[404] != 5 || seen[429] != 2 {
		t.Errorf("%v", seen)
	}
	if answer, _ := phone.ask(http.MethodPost, "/device", "code="+visit(t, at).code("//evil.example.com")); answer.StatusCode != http.StatusOK {
		t.Errorf("the right one: %s", answer.Status)
	}
	if answer, _ := askFor(t, 64<<10, "POST", at+"/device", "code=x", "Sec-Fetch-Site", "cross-site", "Authorization", "Basic "+basicOf(cfg.Gate.Passes()[0].Reveal())); answer.StatusCode != http.StatusForbidden {
		t.Errorf("another page: %s", answer.Status)
	}
}

func TestWordsForTimes(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "1 s", 1500 * time.Millisecond: "2 s", 99 * time.Second: "99 s", login.ScreenTime: "3 minutes", 170 * time.Second: "3 minutes"} {
		if got := words(d); got != want {
			t.Errorf("%v: %s", d, got)
		}
	}
}
