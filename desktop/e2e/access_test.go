//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	behind "pigrid/desktop/engine"
	"pigrid/desktop/gridapi"
	"pigrid/desktop/secrets"
	"pigrid/desktop/settings"
)

// noKeychain is that of a computer without one.
type noKeychain struct{}

var errNone = errors.New("there is no keychain")

func (noKeychain) Set(string, string) error   { return errNone }
func (noKeychain) Get(string) (string, error) { return "", secrets.ErrNotFound }
func (noKeychain) Delete(string) error        { return errNone }

// grid is the app without its window, asked as its page does.
type grid struct {
	t      *testing.T
	dir    string
	engine *behind.Engine
	url    string
	http   *http.Client

	mu      sync.Mutex
	log     bytes.Buffer
	answers bytes.Buffer // all that the page was told, but for sheets
}

func (g *grid) logged() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.log.String()
}

// Write implements [io.Writer], for the log.
func (g *grid) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.log.Write(p)
}

func startGrid(t *testing.T, dir string) *grid {
	t.Helper()
	store, err := settings.Open(filepath.Join(dir, "settings.json"))
	if err != nil {
		t.Fatal(err)
	}
	g := &grid{t: t, dir: dir, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	reach := client.NewClient()
	g.engine = behind.New(behind.Config{
		Client: reach, Access: reach, Settings: store, Secrets: secrets.New(noKeychain{}, filepath.Join(dir, "secrets.json")),
		Logger: slog.New(slog.NewTextHandler(g, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	server := gridapi.New(g.engine, "test")
	g.engine.Start()
	server.Start()
	s := httptest.NewServer(server.Handler())
	g.url = s.URL
	t.Cleanup(func() { s.Close(); g.engine.Stop(2 * time.Second) })
	return g
}

func (g *grid) ask(path string, question any) (a gridapi.Answer) {
	g.t.Helper()
	if err := json.Unmarshal(g.post(path, question), &a); err != nil {
		g.t.Fatal(err)
	}
	return a
}

// post returns the body of an answer, whatever it is.
func (g *grid) post(path string, question any) []byte {
	g.t.Helper()
	body, err := json.Marshal(question)
	if err != nil {
		g.t.Fatal(err)
	}
	resp, err := g.http.Post(g.url+path, "application/json", bytes.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	if path != "/call/sheet" { // which shows them
		g.answers.Write(text)
	}
	return text
}

// must carries out a command that has to end well.
func (g *grid) must(command string, c gridapi.Call) gridapi.AccessResult {
	g.t.Helper()
	a := g.ask("/call/"+command, c)
	if a.Access == nil || !a.Access.OK {
		g.t.Fatalf("%s: %+v", command, a.Access)
	}
	return *a.Access
}

// camera looks at an agent's camera, and returns what the page is told of it.
func (g *grid) camera(a *agent) (shown gridapi.Camera) {
	for _, c := range g.ask("/frames", gridapi.Question{}).State.Cameras {
		g.ask("/frames", gridapi.Question{Want: []gridapi.Want{{Key: c.Key}}})
		if c.Agent == a.id {
			shown = c
		}
	}
	return shown
}

func (g *grid) until(a *agent, state cameras.State, access cameras.Access) {
	g.t.Helper()
	until(g.t, 20*time.Second, fmt.Sprintf("%s is %s, %s", a.name, state, access), func() bool {
		c := g.camera(a)
		return c.State == state && c.Access == access
	})
}

// TestAHouseholdLocksItsAgents: the app and real agents, from open to locked and back,
// with a second computer, a restart of both, and nothing secret in what is written.
func TestAHouseholdLocksItsAgents(t *testing.T) {
	agents := startAgents(t, 2, "--log-level", "debug")
	dir := t.TempDir()
	one := startGrid(t, dir)
	for _, a := range agents {
		if r := one.ask("/call/add", gridapi.Call{Address: a.addr}).Result; r == nil || !r.OK {
			t.Fatalf("add: %+v", r)
		}
		one.until(a, cameras.Live, cameras.AccessOpen)
	}
	if w := one.must("watchers", gridapi.Call{}).Watched; len(w) != 2 || len(w[0].Watchers) == 0 || w[0].Watchers[0].Program != "pigrid" {
		t.Errorf("watchers: %+v", w)
	}
	key := one.camera(agents[0]).Key
	one.must("mount", gridapi.Call{Key: key, Name: "Door", Rotation: 90, Mirror: true})
	home := one.must("lock", gridapi.Call{Name: "Home", To: "phones"}).Household
	for _, a := range agents {
		one.until(a, cameras.Live, cameras.AccessLocked)
	}
	one.must("endLock", gridapi.Call{})
	one.must("addPassword", gridapi.Call{Household: home, Name: "guests", Until: time.Now().Add(time.Hour).UnixMilli()})
	one.must("newKey", gridapi.Call{Household: home})
	until(t, 20*time.Second, "all have the newest", func() bool {
		for _, a := range one.ask("/frames", gridapi.Question{}).State.Access.Households[0].Agents {
			if a.Waits {
				return false
			}
		}
		return true
	})
	sheet := one.must("sheet", gridapi.Call{Household: home}).Sheet
	for _, p := range sheet.Passwords { // they show pictures to programs
		for _, a := range agents {
			req, _ := http.NewRequest(http.MethodGet, "http://"+a.addr+"/snapshot.jpg", nil)
			req.SetBasicAuth("any", p.Text)
			resp, err := one.http.Do(req)
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("%s at %s: %v, %v", p.Name, a.name, resp, err)
			}
			if err == nil {
				_ = resp.Body.Close()
			}
		}
	}

	two := startGrid(t, t.TempDir())
	two.ask("/call/add", gridapi.Call{Address: agents[0].addr})
	two.until(agents[0], cameras.Refused, cameras.NeedsKey)
	if r := two.must("join", gridapi.Call{Text: sheet.Key, Name: "Home"}); len(r.Opened) != 1 {
		t.Errorf("join: %+v", r)
	}
	two.until(agents[0], cameras.Live, cameras.AccessLocked)
	if c := two.camera(agents[0]); c.Name != "Door" || c.Rotation != 90 || !c.Mirror {
		t.Errorf("the second computer is told %+v", c)
	}

	one.engine.Stop(2 * time.Second)
	agents[1].kill()
	agents[1].start(t)
	again := startGrid(t, dir)
	for _, a := range agents {
		again.until(a, cameras.Live, cameras.AccessLocked)
	}
	again.must("release", gridapi.Call{Agent: agents[1].id})
	again.until(agents[1], cameras.Live, cameras.AccessOpen)

	for _, wrong := range []string{sheet.Key[:len(sheet.Key)-1], otherKey(sheet.Key)} { // almost the key, and another one
		two.ask("/call/join", gridapi.Call{Text: wrong, Name: "Other"})
	}
	two.ask("/call/join", gridapi.Call{Text: sheet.Key, Name: strings.Repeat("x", 1000)})
	two.ask("/call/add", gridapi.Call{Address: "http://any:" + sheet.Passwords[0].Text + "@" + agents[0].addr + "/none?key=" + sheet.Passwords[1].Text})
	two.post("/call/nonsense", gridapi.Call{Text: sheet.Key})

	w := written{}
	w.processes(t)
	for n, g := range map[string]*grid{"the first computer": one, "the second": two, "the first again": again} {
		w[n+"'s log"], w[n+"'s answers"] = g.logged(), g.answers.String()
		w.files(t, n, g.dir, "secrets.json", "secrets.json.bak") // which keep them
	}
	for _, a := range agents {
		w[a.name+"'s answers"] = refusals(t, a, sheet)
		w[a.name+"'s log"] = a.logged()
		w.files(t, a.name, a.state)
	}
	w.has(t, sheet.Key, sheet.Passwords[0].Text, sheet.Passwords[1].Text)
}
