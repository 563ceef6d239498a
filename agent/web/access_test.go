package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"pigrid/agent/access"
	"pigrid/agent/facts"
	"pigrid/shared/api"
	"pigrid/shared/household"
	"pigrid/shared/mjpeg"
)

const siteID = "00000000-0000-4000-8000-000000000001"

// house is a site with access, and a household that may own it.
type house struct {
	*site
	guard *access.Access
	key   household.Key
	view  household.ViewPassword
	log   *logged
}

func newHouse(t *testing.T, cfg Config) *house {
	t.Helper()
	wait := usualPatience()
	wait.linger = shortLinger
	return newHouseWith(t, cfg, wait)
}

func newHouseWith(t *testing.T, cfg Config, wait patience) *house {
	t.Helper()
	dir := t.TempDir()
	h := &house{key: household.NewKey(), view: household.NewViewPassword(), log: &logged{}}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	guard, err := access.Open(access.Config{Dir: dir, ID: siteID, Log: log, Lasts: func() bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	said, err := facts.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	h.guard, cfg.Access, cfg.Facts, cfg.Log = guard, guard, said, log
	h.site = newSiteWith(t, cfg, wait)
	return h
}

func (h *house) agentKey() household.AgentKey { return h.key.ForAgent(siteID, h.guard.SPKI()) }

func (h *house) claimBody() api.Claim {
	return api.Claim{Key: h.agentKey(), Passwords: []api.ViewPassword{{Name: "phones", Hash: h.view.Hash()}}}
}

func (h *house) lock(t *testing.T) {
	t.Helper()
	if r := h.guard.Claim(h.claimBody()); r != nil {
		t.Fatal(r.Detail)
	}
}

// logged keeps a log, which several goroutines write.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// secureClient takes the agent's certificate if it has the right key.
func (h *house) secureClient(t *testing.T) *http.Client {
	tr := &http.Transport{TLSClientConfig: h.tls(), ForceAttemptHTTP2: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (h *house) tls() *tls.Config {
	return &tls.Config{
		InsecureSkipVerify: true, //nolint:gosec // by its key instead
		VerifyConnection: func(s tls.ConnectionState) error {
			if sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo) != h.guard.SPKI() {
				return errors.New("another key")
			}
			return nil
		},
	}
}

// ask sends a request with headers, each a name and a value, over TLS or not.
func (h *house) ask(t *testing.T, secure bool, method, path string, body any, header ...string) (reply, string) {
	t.Helper()
	c, at := client(t), "http://"
	if secure {
		c, at = h.secureClient(t), "https://"
	}
	var sent io.Reader
	if body != nil {
		if text, ok := body.(string); ok {
			sent = strings.NewReader(text)
		} else {
			data, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			sent = bytes.NewReader(data)
			header = append([]string{"Content-Type", "application/json"}, header...)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, at+h.addr+path, sent)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if r.Header.Set(header[i], header[i+1]); header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var text []byte
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "multipart/") {
		text, _ = io.ReadAll(answer.Body)
	}
	return reply{answer}, string(text)
}

func (h *house) bearer() string { return "Bearer " + h.agentKey().Bearer().Hex() }

func basic(password string) string {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth("anybody", password)
	return r.Header.Get("Authorization")
}

// TestEveryRouteOfALockedAgent: what is not listed as open needs a login, and each
// way to log in opens it.
func TestEveryRouteOfALockedAgent(t *testing.T) {
	h := newHouse(t, Config{})
	h.lock(t)
	defer publishing(h.hub, 20*time.Millisecond, func(int) []byte { return picture(t, 9, 0) })()
	cookie, _ := h.guard.NewCookie(h.view.Reveal())
	for _, path := range []string{
		"/", "/video", "/stream", "/snapshot.jpg", "/snapshot", "/cameras", "/cameras/porch/video", "/cameras/porch/snapshot.jpg",
		"/api/v1/status", "/readyz", "/metrics", "/?action=stream", "/?action=snapshot", "/none", "/assets/../video", "//video", "/cameras/none/video",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			if answer, body := h.ask(t, false, method, path, nil); answer.StatusCode != http.StatusUnauthorized || strings.Contains(body, "porch") {
				t.Errorf("%s %s: %s %s", method, path, answer.Status, body)
			}
		}
		key := "?key="
		if strings.Contains(path, "?") {
			key = "&key="
		}
		for name, in := range map[string]struct {
			secure bool
			path   string
			header []string
		}{
			"Basic":              {false, path, []string{"Authorization", basic(h.view.Reveal())}},
			"Basic, as typed":    {false, path, []string{"Authorization", basic(strings.ToLower(strings.ReplaceAll(h.view.Reveal(), "-", " ")))}},
			"cookie":             {false, path, []string{"Cookie", h.cookieName() + "=" + cookie}},
			"key":                {false, path + key + h.view.Reveal(), nil},
			"bearer":             {true, path, []string{"Authorization", h.bearer()}},
			"cookie of long ago": {false, path, []string{"Cookie", h.cookieName() + "=00", "Authorization", basic(h.view.Reveal())}},
		} {
			answer, body := h.ask(t, in.secure, "GET", in.path, nil, in.header...)
			if got := answer.StatusCode; got == http.StatusUnauthorized || got >= 500 || got == http.StatusTooManyRequests {
				t.Errorf("%s with %s: %s %s", path, name, answer.Status, body)
			}
		}
	}
	for _, path := range []string{"/healthz", "/login", "/assets/page.css", "/assets/login.js", "/api/v1/hello"} {
		if answer, _ := h.ask(t, false, "GET", path, nil); answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
}

func TestRefusedLogins(t *testing.T) {
	h := newHouse(t, Config{})
	h.lock(t)
	other := household.NewViewPassword().Reveal()
	for name, test := range map[string]struct {
		secure bool
		path   string
		header []string
		status int
		asks   bool // with WWW-Authenticate
		kind   string
	}{
		"a program":           {false, "/video", nil, 401, true, "application/problem+json"},
		"a picture in a page": {false, "/video", []string{"Accept", "image/avif,image/*"}, 401, false, ""},
		"a browser":           {false, "/", []string{"Accept", "text/html,*/*"}, 401, false, "text/html; charset=utf-8"},
		"a page's script":     {false, "/api/v1/status", []string{"Accept", "application/json"}, 401, false, "application/problem+json"},
		"a wrong password":    {false, "/video", []string{"Authorization", basic(other)}, 401, true, "application/problem+json"},
		"a wrong key":         {false, "/video?key=" + other, nil, 401, true, "application/problem+json"},
		"no key":              {false, "/video?key=", nil, 401, true, "application/problem+json"},
		"another scheme":      {false, "/video", []string{"Authorization", "Digest x"}, 401, true, "application/problem+json"},
		"a bearer in clear":   {false, "/video", []string{"Authorization", h.bearer()}, 426, false, "application/problem+json"},
		"a wrong bearer":      {true, "/video", []string{"Authorization", "Bearer " + household.Hash{}.Hex()}, 401, true, "application/problem+json"},
		"another's cookie":    {false, "/video", []string{"Cookie", "pigrid-11111111=00"}, 401, true, "application/problem+json"},
	} {
		answer, body := h.ask(t, test.secure, "GET", test.path, nil, test.header...)
		if answer.StatusCode != test.status || (answer.Header.Get("WWW-Authenticate") != "") != test.asks || test.kind != "" && answer.Header.Get("Content-Type") != test.kind {
			t.Errorf("%s: %s %v %s", name, answer.Status, answer.Header, body)
		}
		if strings.Contains(body, other) {
			t.Errorf("%s: the answer repeats the password", name)
		}
	}
	for range 10 {
		h.ask(t, false, "GET", "/video", nil, "Authorization", basic(other))
	}
	answer, body := h.ask(t, false, "GET", "/video", nil, "Authorization", basic(other))
	if answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") == "" {
		t.Error(answer.Status, body)
	}
	if answer, _ := h.ask(t, false, "GET", "/api/v1/status", nil, "Authorization", basic(h.view.Reveal())); answer.StatusCode != http.StatusOK {
		t.Error("the right one is refused after wrong ones", answer.Status)
	}
}

func TestLoginPage(t *testing.T) {
	h := newHouse(t, Config{})
	form := func(password, next string, header ...string) (reply, string) {
		return h.ask(t, false, "POST", "/login", url.Values{"password": {password}, "next": {next}}.Encode(),
			append([]string{"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html"}, header...)...)
	}
	if answer, _ := h.ask(t, false, "GET", "/login", nil); answer.StatusCode != http.StatusSeeOther {
		t.Error("an open agent asks for a login", answer.Status)
	}
	h.lock(t)
	answer, body := form(h.view.Reveal(), "/cameras/porch/video?fps=5")
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/cameras/porch/video?fps=5" || len(answer.Cookies()) != 1 {
		t.Fatal(answer.Status, answer.Header, body)
	}
	c := answer.Cookies()[0]
	if c.Name != "pigrid-00000000" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 180*24*3600 || c.Path != "/" {
		t.Errorf("%+v", c)
	}
	if answer, _ := h.ask(t, false, "GET", "/", nil, "Cookie", c.Name+"="+c.Value); answer.StatusCode != http.StatusOK {
		t.Error(answer.Status)
	}
	for _, next := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "", "x", "/login", "/a\r\nX: y"} {
		if answer, _ := form(h.view.Reveal(), next); answer.Header.Get("Location") != "/" {
			t.Errorf("it leads from %q to %q", next, answer.Header.Get("Location"))
		}
	}
	if answer, body := form("wrong", "/"); answer.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "role=\"alert\"") || len(answer.Cookies()) > 0 {
		t.Error(answer.Status, body)
	}
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://evil.example"}, {"Origin", "null"}} {
		if answer, _ := form(h.view.Reveal(), "/", header...); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%v: %s", header, answer.Status)
		}
	}
	if answer, _ := form(strings.Repeat("x", maxLogin), "/"); answer.StatusCode != http.StatusBadRequest {
		t.Error("a long form", answer.Status)
	}
}

func TestClaimOverTheNetwork(t *testing.T) {
	h := newHouse(t, Config{})
	good := h.claimBody()
	for name, test := range map[string]struct {
		secure bool
		body   any
		header []string
		status int
	}{
		"over http":           {false, good, nil, 426},
		"from a web page":     {true, good, []string{"Origin", "http://evil.example"}, 403},
		"from a web page too": {true, good, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"to another host":     {true, good, []string{"Host", "evil.example"}, 421},
		"as a form":           {true, good, []string{"Content-Type", "text/plain"}, 415},
		"no JSON":             {true, "{", []string{"Content-Type", "application/json"}, 400},
		"two":                 {true, "{}{}", []string{"Content-Type", "application/json"}, 400},
		"nothing in it":       {true, "{}", []string{"Content-Type", "application/json"}, 400},
		"too long":            {true, `{"key":"` + strings.Repeat("a", maxBody) + `"}`, []string{"Content-Type", "application/json"}, 400},
		"a short key":         {true, `{"key":"ab","passwords":[]}`, []string{"Content-Type", "application/json"}, 400},
	} {
		answer, body := h.ask(t, test.secure, "POST", api.AccessPath, test.body, test.header...)
		if answer.StatusCode != test.status || h.guard.State() != api.Open {
			t.Errorf("%s: %s %s", name, answer.Status, body)
		}
	}
	var wg sync.WaitGroup
	won := make(chan int, 8)
	for range 8 {
		wg.Go(func() {
			answer, _ := h.ask(t, true, "POST", api.AccessPath, good)
			won <- answer.StatusCode
		})
	}
	wg.Wait()
	close(won)
	count := map[int]int{}
	for status := range won {
		count[status]++
	}
	if count[200] != 1 || count[409] != 7 {
		t.Errorf("claimed at once: %v", count)
	}
	if answer, body := h.ask(t, false, "GET", api.HelloPath, nil); answer.StatusCode != http.StatusOK || !strings.Contains(body, `"access":"locked"`) || strings.Contains(body, "Porch") {
		t.Error(answer.Status, body)
	}
}

func TestProofs(t *testing.T) {
	h := newHouse(t, Config{})
	nonce := api.Nonce{Nonce: household.Hash{1, 2, 3}}
	if answer, _ := h.ask(t, true, "POST", api.ProofPath, nonce); answer.StatusCode != http.StatusConflict {
		t.Error("an open agent proves something", answer.Status)
	}
	h.lock(t)
	answer, body := h.ask(t, true, "POST", api.ProofPath, nonce)
	var proof api.Proof
	if err := json.Unmarshal([]byte(body), &proof); err != nil || proof.Proof != h.agentKey().Proof(nonce.Nonce) {
		t.Error(answer.Status, body)
	}
	for _, bad := range []string{`{}`, `{"nonce":""}`, `{"nonce":"00"}`, `{"nonce":"` + strings.Repeat("00", 33) + `"}`, `{"nonce":7}`} {
		answer, body := h.ask(t, true, "POST", api.ProofPath, bad, "Content-Type", "application/json")
		if answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s %s", bad, answer.Status, body)
		}
	}
	if answer, _ := h.ask(t, false, "POST", api.ProofPath, nonce); answer.StatusCode != http.StatusUpgradeRequired {
		t.Error("over http", answer.Status)
	}
}

func TestOnlyTheOwnerChanges(t *testing.T) {
	h := newHouse(t, Config{})
	next := household.NewKey().ForAgent(siteID, h.guard.SPKI())
	changes := []struct {
		method, path string
		body         any
	}{
		{"GET", api.AccessPath, nil},
		{"PUT", api.NamePath, api.NewName{Name: "Garden"}},
		{"PUT", api.CameraPath + "porch", api.Mounting{Name: "Gate", Rotation: 90, Mirror: true}},
		{"PUT", api.PasswordsPath, api.Passwords{Passwords: h.claimBody().Passwords}},
		{"PUT", api.KeyPath, api.NewKey{Key: next}},
		{"DELETE", api.AccessPath, nil},
	}
	for _, c := range changes {
		if answer, _ := h.ask(t, true, c.method, c.path, c.body, "Authorization", h.bearer()); answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("open: %s %s: %s", c.method, c.path, answer.Status)
		}
	}
	h.lock(t)
	for _, c := range changes {
		for name, in := range map[string]struct {
			secure bool
			header []string
			status int
		}{
			"over http":       {false, []string{"Authorization", h.bearer()}, 426},
			"nothing":         {true, nil, 401},
			"a view password": {true, []string{"Authorization", basic(h.view.Reveal())}, 401},
			"a web page":      {true, []string{"Authorization", h.bearer(), "Origin", "http://evil.example"}, 403},
		} {
			if c.method == "GET" && name == "a web page" {
				continue // it cannot read the answer
			}
			if answer, body := h.ask(t, in.secure, c.method, c.path, c.body, in.header...); answer.StatusCode != in.status {
				t.Errorf("%s %s, %s: %s %s", c.method, c.path, name, answer.Status, body)
			}
		}
	}
	for _, c := range changes {
		bearer := h.bearer()
		if c.method == "DELETE" {
			bearer = "Bearer " + next.Bearer().Hex()
		}
		if answer, body := h.ask(t, true, c.method, c.path, c.body, "Authorization", bearer); answer.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %s %s", c.method, c.path, answer.Status, body)
		}
	}
	_, body := h.ask(t, false, "GET", api.StatusPath, nil)
	if !strings.Contains(body, `"name":"Garden"`) || !strings.Contains(body, `"name":"Gate"`) || !strings.Contains(body, `"rotation":90,"mirror":true`) {
		t.Error("what the owner said is gone:", body)
	}
}

func TestBadFacts(t *testing.T) {
	h := newHouse(t, Config{})
	h.lock(t)
	for _, test := range []struct {
		path   string
		body   any
		status int
	}{
		{"porch", api.Mounting{Rotation: 45}, 400},
		{"porch", api.Mounting{Rotation: -90}, 400},
		{"porch", api.Mounting{Name: strings.Repeat("x", 65)}, 400},
		{"porch", api.Mounting{Name: "a\nb"}, 400},
		{"none", api.Mounting{}, 404},
	} {
		if answer, body := h.ask(t, true, "PUT", api.CameraPath+test.path, test.body, "Authorization", h.bearer()); answer.StatusCode != test.status {
			t.Errorf("%+v: %s %s", test, answer.Status, body)
		}
	}
}

// parts reads whole frames of a stream until it ends.
func parts(t *testing.T, body io.Reader, most int) (n int, err error) {
	t.Helper()
	reader, err := mjpeg.NewReader(body, mjpeg.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	for n < most {
		if _, err := reader.Next(); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// When the agent is locked, and when a password goes, who watches must log in again.
func TestStreamsEndWhenAccessChanges(t *testing.T) {
	h := newHouse(t, Config{})
	defer publishing(h.hub, 10*time.Millisecond, func(int) []byte { return picture(t, 9, 0) })()
	open := request(t.Context(), t, "GET", h.url+"/video")
	if _, err := parts(t, open.Body, 2); err != nil {
		t.Fatal(err)
	}
	h.lock(t)
	if _, err := parts(t, open.Body, 1000); err == nil {
		t.Error("who watched before goes on")
	}
	eventually(t, "nobody watches", func() bool { return h.viewers() == 0 })
	in := request(t.Context(), t, "GET", h.url+"/video", "Authorization", basic(h.view.Reveal()))
	if _, err := parts(t, in.Body, 2); err != nil {
		t.Fatal(err)
	}
	if r := h.guard.SetPasswords(api.Passwords{Passwords: []api.ViewPassword{{Name: "new", Hash: household.NewViewPassword().Hash()}}}); r != nil {
		t.Fatal(r)
	}
	if _, err := parts(t, in.Body, 1000); err == nil {
		t.Error("a password that is gone still shows")
	}
}

// Frames are the same bytes over TLS.
func TestStreamsOverTLS(t *testing.T) {
	h := newHouse(t, Config{})
	h.lock(t)
	for _, size := range []int{0, 45 << 10, 300 << 10} {
		want := picture(t, 7, size)
		h.hub.Publish(want, time.Now()) // a viewer begins with the newest, no longer one of the size before
		stop := publishing(h.hub, 10*time.Millisecond, func(int) []byte { return want })
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+h.addr+"/video", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", h.bearer())
		answer, err := h.secureClient(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		reader, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			frame, err := reader.Next()
			if err != nil || !bytes.Equal(frame.JPEG, want) {
				t.Fatalf("%d bytes: %v", size, err)
			}
		}
		cancel()
		_ = answer.Body.Close()
		stop()
	}
}

// TestOddTLS: what is no proper TLS is closed in time and costs nobody else anything.
func TestOddTLS(t *testing.T) {
	h := newHouse(t, Config{})
	for name, text := range map[string]string{
		"a truncated hello":  "\x16\x03\x01\x02\x00\x01\x00",
		"garbage":            "\x16" + strings.Repeat("x", 300),
		"an old version":     "\x16\x03\x00\x00\x2f\x01\x00\x00\x2b\x03\x00" + strings.Repeat("a", 64),
		"HTTP after a hello": "\x16GET / HTTP/1.1\r\nHost: pi\r\n\r\n",
		"one byte":           "\x16",
	} {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", h.addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, text)
		_ = c.(*net.TCPConn).CloseWrite()
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.Copy(io.Discard, c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_ = c.Close()
	}
	if answer, _ := h.ask(t, true, "GET", "/healthz", nil); answer.StatusCode != http.StatusOK {
		t.Error(answer.Status)
	}
	for _, version := range []uint16{tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
		config := h.tls()
		config.MinVersion, config.MaxVersion = tls.VersionTLS10, version
		d := tls.Dialer{Config: config}
		c, err := d.DialContext(t.Context(), "tcp", h.addr)
		if (err == nil) != (version >= tls.VersionTLS12) {
			t.Errorf("version %x: %v", version, err)
		}
		if err == nil {
			_ = c.Close()
		}
	}
}

func TestWatchersAreRemembered(t *testing.T) {
	h := newHouse(t, Config{})
	defer publishing(h.hub, 10*time.Millisecond, func(int) []byte { return picture(t, 9, 0) })()
	h.ask(t, false, "GET", "/snapshot.jpg?settle=0", nil, "User-Agent", "HomeAssistant/2026.11")
	h.ask(t, false, "GET", "/video", nil, "User-Agent", strings.Repeat("x", 1000)+"\xff")
	h.ask(t, false, "GET", "/api/v1/status", nil, "User-Agent", "only asks")
	_, body := h.ask(t, false, "GET", api.WatchersPath, nil)
	var list api.Watchers
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Watchers) != 2 || list.Watchers[1].Program != "HomeAssistant/2026.11" || len(list.Watchers[0].Program) > maxProgram {
		t.Error(body, err)
	}
	h.lock(t)
	for name, test := range map[string]struct {
		secure bool
		header []string
		status int
	}{
		"anybody": {true, nil, 401}, "a view password": {true, []string{"Authorization", basic(h.view.Reveal())}, 401},
		"in clear": {false, []string{"Authorization", h.bearer()}, 426}, "its owner": {true, []string{"Authorization", h.bearer()}, 200},
	} {
		if answer, _ := h.ask(t, test.secure, "GET", api.WatchersPath, nil, test.header...); answer.StatusCode != test.status {
			t.Errorf("%s: %s", name, answer.Status)
		}
	}
}

func TestWatchersAreLimited(t *testing.T) {
	var w watchers
	now := time.Now()
	for i := range 2 * maxWatchers {
		w.came(&http.Request{RemoteAddr: "192.168.1.2:1", Header: http.Header{"User-Agent": {fmt.Sprint(i)}}}, now.Add(time.Duration(i)))()
	}
	list := w.list(now.Add(time.Hour))
	stays := w.came(&http.Request{RemoteAddr: "192.168.1.9:1", Header: http.Header{"User-Agent": {"wall"}}}, now.Add(-time.Hour))
	defer stays()
	for i := range 2 * maxWatchers {
		w.came(&http.Request{RemoteAddr: "192.168.1.2:1", Header: http.Header{"User-Agent": {fmt.Sprint("x", i)}}}, now.Add(time.Hour))()
	}
	if last := w.list(now.Add(24 * time.Hour)); last[0].Program != "wall" {
		t.Errorf("who still watches is %+v", last[0])
	}
	if len(list) != maxWatchers || list[0].Program != fmt.Sprint(2*maxWatchers-1) {
		t.Errorf("%d, first %+v", len(list), list[0])
	}
	if len(w.list(now.Add(watchersFor+2*time.Hour))) != 1 {
		t.Error("remembered for ever")
	}
}

// Nothing that logs in is in what the agent writes.
func TestSecretsAreNotLogged(t *testing.T) {
	h := newHouse(t, Config{})
	h.lock(t)
	h.ask(t, false, "GET", "/cameras?key="+h.view.Reveal(), nil)
	h.ask(t, false, "GET", "/cameras?key=0000-0000-0000-0000", nil)
	h.ask(t, true, "GET", "/cameras", nil, "Authorization", h.bearer())
	h.ask(t, false, "GET", "/cameras", nil, "Authorization", h.bearer())
	for _, secret := range []string{h.view.Reveal(), h.key.Reveal(), h.agentKey().Bearer().Hex(), household.Hash(h.agentKey()).Hex()} {
		if text := h.log.String(); strings.Contains(text, secret) || !strings.Contains(text, "locked") {
			t.Errorf("logged: %s", text)
		}
	}
}
