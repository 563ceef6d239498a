package site

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"pigrid/desktop/gridapi"
	"pigrid/desktop/serve/login"
	"pigrid/desktop/serve/relay"
	"pigrid/desktop/serve/servetest"
	"pigrid/desktop/serve/targets"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var page = fstest.MapFS{
	"index.html":            {Data: []byte("<title>PiGrid</title>")},
	".gitkeep":              {Data: []byte{}},
	"manifest.webmanifest":  {Data: []byte("{}")},
	"icon-192.png":          {Data: []byte("PNG")},
	"assets/index-1234.js":  {Data: []byte("let x")},
	"assets/index-1234.css": {Data: []byte("p{}")},
}

// config serves the grid of these agents.
func config(t *testing.T, agents ...*servetest.Agent) Config {
	t.Helper()
	e, log := servetest.Engine(t, agents...), slog.New(slog.DiscardHandler)
	grid := gridapi.New(e, "test")
	grid.Start()
	return Config{Page: page, Grid: grid.Viewers(), Relay: relay.New(e, 8, log), Targets: targets.Handler(e.Roster.Agents, "home"), Log: log}
}

func gate(t *testing.T) *login.Gate {
	t.Helper()
	g, _, err := login.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// serve serves until the test ends.
func serve(t *testing.T, cfg Config) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- New(cfg).Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + ln.Addr().String()
}

// reply is an answer whose body was read.
type reply struct{ *http.Response }

// ask sends a request and returns the answer with its body; streams are cut off.
func ask(t *testing.T, method, url, body string, headers ...string) (reply, string) {
	t.Helper()
	return askFor(t, 100, method, url, body, headers...)
}

// askFor returns at most so many bytes of the body.
func askFor(t *testing.T, most int64, method, url, body string, headers ...string) (reply, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	return reply{answer}, string(text)
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"}

// routes are all addresses, and what they answer by GET, HEAD and POST; 405 otherwise.
var routes = []struct {
	path            string
	get, head, post int
	open            bool // without a login
	gated           int  // what it answers where there is a login, by those that answer 303
}{
	{path: "/", get: 200, head: 200},
	{path: "/assets/index-1234.js", get: 200, head: 200},
	{path: "/assets/", get: 404, head: 404},
	{path: "/.gitkeep", get: 404, head: 404},
	{path: "/index.html", get: 404, head: 404},
	{path: "/none", get: 404, head: 404},
	{path: "/frames", post: 200},
	{path: "/frame?key=" + servetest.Key, get: 200, head: 200},
	{path: "/frame", get: 404, head: 404},
	{path: "/call/history", post: 200},
	{path: "/call/retry", post: 200},
	{path: "/call/add", post: 403},
	{path: "/call/forget", post: 403},
	{path: "/call/sheet", post: 403},
	{path: "/call/importSettings", post: 403},
	{path: "/call/none", post: 403},
	{path: "/call", get: 404, head: 404},
	{path: "/call/a/b", get: 404, head: 404},
	{path: "/cameras", get: 200, head: 200},
	{path: "/prometheus/targets", get: 200, head: 200},
	{path: "/cameras/" + servetest.Key + "/video", get: 200, head: 200},
	{path: "/cameras/" + servetest.Key + "/snapshot.jpg", get: 200, head: 200},
	{path: "/cameras/none/video", get: 404, head: 404},
	{path: "/login", get: 303, head: 303, post: 303, open: true},
	{path: "/login/page.css", get: 200, head: 200, open: true},
	{path: "/login/login.js", get: 200, head: 200, open: true},
	{path: "/login/screen", get: 303, head: 303, post: 303, open: true},
	{path: "/device", get: 303, head: 303, post: 303, gated: 200},
	{path: "/login/login.html", get: 404, head: 404, open: true},
	{path: "/manifest.webmanifest", get: 200, head: 200, open: true},
	{path: "/icon-192.png", get: 200, head: 200, open: true},
	{path: "/icon-none", get: 404, head: 404, open: true},
	{path: "/healthz", get: 200, head: 200, open: true},
}

// TestRoutes tries every route with every method, without a login and with one that is
// not there.
func TestRoutes(t *testing.T) {
	cfg := config(t, servetest.NewAgent(t))
	open := serve(t, cfg)
	servetest.Eventually(t, 5*time.Second, "the first picture", func() bool {
		_, _ = ask(t, "POST", open+"/frames", `{"want":[{"key":"`+servetest.Key+`"}]}`)
		answer, _ := ask(t, "GET", open+"/frame?key="+servetest.Key, "")
		return answer.StatusCode == http.StatusOK
	})
	cfg.Gate = gate(t)
	locked := serve(t, cfg)
	for _, route := range routes {
		for _, method := range methods {
			want := map[string]int{"GET": route.get, "HEAD": route.head, "POST": route.post}[method]
			if want == 0 {
				want = http.StatusMethodNotAllowed
			}
			answer, body := ask(t, method, open+route.path, "{}")
			if answer.StatusCode != want || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s %s: %s %q, want %d", method, route.path, answer.Status, body, want)
			}
			if answer.StatusCode == http.StatusMethodNotAllowed && (answer.Header.Get("Allow") == "" || method != "HEAD" && !strings.Contains(body, "Not this way")) {
				t.Errorf("%s %s: %v %q", method, route.path, answer.Header, body)
			}
			if answer, body := ask(t, method, locked+route.path, "{}"); !route.open && answer.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s %s without a login: %s %q", method, route.path, answer.Status, body)
			}
			if want == http.StatusSeeOther && route.gated != 0 {
				want = route.gated
			}
			basic := []string{"Authorization", "Basic " + basicOf(cfg.Gate.Passes()[0].Reveal())}
			if answer, body := ask(t, method, locked+route.path, "{}", basic...); !route.open && answer.StatusCode != want {
				t.Errorf("%s %s with the login: %s %q, want %d", method, route.path, answer.Status, body, want)
			}
		}
	}
}

func basicOf(password string) string {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetBasicAuth("anybody", password)
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Basic ")
}

// TestGuards refuse other names, other pages and other networks, whatever the login.
func TestGuards(t *testing.T) {
	cfg := config(t)
	cfg.Gate = gate(t)
	cfg.AllowHosts = []string{"grid.example.org"}
	h := New(cfg).Handler(t.Context())
	for name, tt := range map[string]struct {
		from, host, method, path string
		headers                  []string
		want                     int
	}{
		"as it is meant":        {want: 200},
		"the same page":         {method: "POST", path: "/frames", headers: []string{"Sec-Fetch-Site", "same-origin"}, want: 200},
		"an old browser":        {method: "POST", path: "/frames", headers: []string{"Origin", "http://pi.local:8088"}, want: 200},
		"a name that was added": {host: "grid.example.org", want: 200},
		"a rebound name":        {host: "evil.example.com", want: 421},
		"rebound, same origin":  {host: "evil.example.com:8088", method: "POST", path: "/frames", headers: []string{"Origin", "http://evil.example.com:8088", "Sec-Fetch-Site", "same-origin"}, want: 421},
		"another page":          {method: "POST", path: "/frames", headers: []string{"Sec-Fetch-Site", "cross-site"}, want: 403},
		"another origin":        {method: "POST", path: "/frames", headers: []string{"Origin", "http://evil.example.com"}, want: 403},
		"another port":          {method: "POST", path: "/call/retry", headers: []string{"Origin", "http://pi.local:81"}, want: 403},
		"a login from outside":  {method: "POST", path: "/login", headers: []string{"Origin", "null"}, want: 403},
		"another network":       {from: "8.8.8.8:1", want: 403},
		"no address":            {from: "x", want: 403},
	} {
		r := httptest.NewRequest(orElse(tt.method, "GET"), orElse(tt.path, "/"), strings.NewReader("{}"))
		r.RemoteAddr, r.Host = orElse(tt.from, "192.168.1.7:5"), orElse(tt.host, "pi.local:8088")
		for i := 0; i < len(tt.headers); i += 2 {
			r.Header.Set(tt.headers[i], tt.headers[i+1])
		}
		r.SetBasicAuth("", cfg.Gate.Passes()[0].Reveal())
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.want || w.Code >= 400 && !strings.Contains(w.Body.String(), `"detail"`) {
			t.Errorf("%s: %d %s, want %d", name, w.Code, w.Body, tt.want)
		}
		if w.Header().Get("Cross-Origin-Resource-Policy") != "same-origin" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "frame-ancestors 'self'") {
			t.Errorf("%s: %v", name, w.Header())
		}
	}
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// TestLogin keeps a browser logged in, whichever way it sends the password.
func TestLogin(t *testing.T) {
	cfg := config(t)
	cfg.Gate = gate(t)
	at := serve(t, cfg)
	const html = "text/html,*/*"
	answer, body := ask(t, "GET", at+"/?view=Garden", "", "Accept", html)
	if answer.StatusCode != http.StatusUnauthorized || answer.Header.Get("WWW-Authenticate") != "" || !strings.HasPrefix(body, "<!doctype html>") {
		t.Errorf("a browser: %s %v %q", answer.Status, answer.Header, body)
	}
	for accept, challenged := range map[string]bool{"*/*": true, "": true, "image/webp,*/*": false, "application/json": false} {
		answer, _ := ask(t, "GET", at+"/cameras", "", "Accept", accept)
		if got := answer.Header.Get("WWW-Authenticate") != ""; answer.StatusCode != http.StatusUnauthorized || got != challenged {
			t.Errorf("%q: %s, asked for Basic: %v", accept, answer.Status, got)
		}
	}
	if answer, _ := ask(t, "POST", at+"/frames", "{}"); answer.StatusCode != http.StatusUnauthorized || answer.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("the page: %s %v", answer.Status, answer.Header)
	}
	form := func(password, next string) string {
		return url.Values{"password": {password}, "next": {next}}.Encode()
	}
	const kind = "application/x-www-form-urlencoded"
	right := strings.ToLower(cfg.Gate.Passes()[0].Reveal())
	for next, want := range map[string]string{
		"/?view=Garden": "/?view=Garden", "": "/", "//evil.example.com": "/", "http://evil.example.com": "/", "/\\evil": "/", "/login": "/",
	} {
		answer, body = ask(t, "POST", at+"/login", form(right, next), "Content-Type", kind, "Accept", html)
		if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != want || len(answer.Cookies()) != 1 {
			t.Fatalf("%q: %s %v %q", next, answer.Status, answer.Header, body)
		}
	}
	c := answer.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != 180*24*3600 || c.Secure {
		t.Errorf("%+v", c)
	}
	if answer, _ := ask(t, "GET", at+"/", "", "Cookie", c.Name+"="+c.Value); answer.StatusCode != http.StatusOK {
		t.Errorf("with the cookie: %s", answer.Status)
	}
	if answer, _ := ask(t, "GET", at+"/", "", "Cookie", c.Name+"="+c.Value[1:]+"0"); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("with another cookie: %s", answer.Status)
	}
	if answer, _ := ask(t, "GET", at+"/cameras?key="+right, ""); answer.StatusCode != http.StatusOK {
		t.Errorf("?key=: %s", answer.Status)
	}
	answer, _ = ask(t, "GET", at+"/?view=Garden&key="+right, "", "Accept", html)
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/?view=Garden" || len(answer.Cookies()) != 1 {
		t.Errorf("a browser with ?key=: %s %v", answer.Status, answer.Header)
	}
	if answer, _ := ask(t, "POST", at+"/login", "password=%zz", "Content-Type", kind); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("half a form: %s", answer.Status)
	}
	if answer, _ := ask(t, "POST", at+"/login", "password="+strings.Repeat("A", maxLogin), "Content-Type", kind); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a long form: %s", answer.Status)
	}
}

// TestAPasswordThatIsRemoved ends what it let in, and nothing else.
func TestAPasswordThatIsRemoved(t *testing.T) {
	cfg := config(t, servetest.NewAgent(t))
	cfg.Gate = gate(t)
	if err := cfg.Gate.Change(login.Change{Do: login.Add, Name: "guests"}); err != nil {
		t.Fatal(err)
	}
	at := serve(t, cfg)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	watch := func(password string) io.ReadCloser {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"/cameras/"+servetest.Key+"/video?key="+password, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatal(answer, err)
		}
		return answer.Body
	}
	gone, stays := watch(cfg.Gate.Find("guests").Reveal()), watch(cfg.Gate.Passes()[0].Reveal())
	defer gone.Close()
	defer stays.Close()
	if _, err := io.CopyN(io.Discard, stays, 1<<10); err != nil {
		t.Fatal(err)
	}
	if err := cfg.Gate.Change(login.Change{Do: login.Remove, Name: "guests"}); err != nil {
		t.Fatal(err)
	}
	if _, _ = io.Copy(io.Discard, gone); ctx.Err() != nil {
		t.Error("its stream goes on")
	}
	if _, err := io.CopyN(io.Discard, stays, 1<<10); err != nil {
		t.Errorf("the other's stream: %v", err)
	}
}

// TestGuessing is slow, and right logins pass all the same.
func TestGuessing(t *testing.T) {
	cfg := config(t)
	cfg.Gate = gate(t)
	h := New(cfg).Handler(t.Context())
	send := func(from, password string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/cameras", nil)
		r.RemoteAddr, r.Host = from, "pi.local"
		r.SetBasicAuth("", password)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	seen := map[int]int{}
	for i := range 50 {
		w := send("192.168.1.7:5", fmt.Sprintf("AAAA-AAAA-AAAA-AA%02d", i))
		if seen[w.Code]++; w.Code == 429 && w.Header().Get("Retry-After") == "" {
			t.Error("nobody says how long to wait")
		}
	}
	if seen[401] != 5 || seen[429] != 45 {
		t.Errorf("%v", seen)
	}
	if w := send("192.168.1.7:5", cfg.Gate.Passes()[0].Reveal()); w.Code != 200 {
		t.Errorf("the right one: %d", w.Code)
	}
	if w := send("192.168.1.8:5", "wrong"); w.Code != 401 {
		t.Errorf("another address: %d", w.Code)
	}
}

// TestLimits of connections are for each address and for all.
func TestLimits(t *testing.T) {
	l := limit(nil, func(netip.Addr) bool { return false }, slog.New(slog.DiscardHandler))
	one, here := netip.MustParseAddr("192.168.1.7"), netip.MustParseAddr("127.0.0.1")
	for i := range maxEach + 5 {
		if l.enter(one) != (i < maxEach) {
			t.Fatalf("connection %d of one address", i)
		}
	}
	for i := range maxConnections {
		if l.enter(here) != (i < maxConnections-maxEach) {
			t.Fatalf("connection %d of this machine", i)
		}
	}
	for range maxEach {
		l.leave(one)
	}
	if !l.enter(one) || len(l.each) != 2 {
		t.Error("places are not given back")
	}
}

// FuzzWithoutLogin finds nothing but refusals, whatever is asked.
func FuzzWithoutLogin(f *testing.F) {
	g, _, err := login.Open(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	cfg := Config{Page: page, Gate: g, Grid: http.NotFoundHandler(), Targets: http.NotFoundHandler(), Relay: relay.New(nil, 1, slog.New(slog.DiscardHandler)), Log: slog.New(slog.DiscardHandler)}
	h := New(cfg).Handler(f.Context())
	for _, path := range []string{"/", "/frames", "//login", "/login/../frames", "/cameras/x/video", "/frame?key=x", "/login%2f..%2fframes", "/%6cogin", "/healthz/"} {
		f.Add("GET", path, "pi.local", "")
		f.Add("POST", path, "evil.example.com", "http://evil.example.com")
	}
	f.Fuzz(func(t *testing.T, method, path, host, origin string) {
		u, err := url.ParseRequestURI(path)
		if err != nil || isOpen(u.Path) {
			return
		}
		r := &http.Request{Method: method, URL: u, Host: host, RemoteAddr: "192.168.1.7:5", Header: http.Header{}, Body: http.NoBody}
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(t.Context()))
		switch w.Code {
		case 401, 403, 404, 405, 421, 429:
		default:
			t.Errorf("%s %q of %q: %d %v", method, path, host, w.Code, w.Header())
		}
	})
}
