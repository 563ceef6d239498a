package gridapi

import (
	"bytes"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pigrid/desktop/accesstest"
	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/engine"
	"pigrid/desktop/secrets"
	"pigrid/shared/dnssd"
	"pigrid/shared/household"
)

// chain is a keychain of a test.
type chain struct {
	mu    sync.Mutex
	kept  map[string]string
	fails bool
	waits chan struct{} // until it is closed; nil does not wait
}

func (c *chain) set(change func(*chain)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(c)
}

func (c *chain) enter() error {
	c.mu.Lock()
	waits, fails := c.waits, c.fails
	c.mu.Unlock()
	if waits != nil {
		<-waits
	}
	if fails {
		return os.ErrPermission
	}
	return nil
}

func (c *chain) Set(name, secret string) error {
	if err := c.enter(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept[name] = secret
	return nil
}

func (c *chain) Get(name string) (string, error) {
	if err := c.enter(); err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	secret, ok := c.kept[name]
	if !ok {
		return "", secrets.ErrNotFound
	}
	return secret, nil
}

func (c *chain) Delete(name string) error {
	if err := c.enter(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, name)
	return nil
}

// computer is a computer on which the app is started more than once.
type computer struct {
	dir   string
	chain *chain
	log   bytes.Buffer
	noted []string // what pages were told
}

func newComputer(t *testing.T) *computer {
	return &computer{dir: t.TempDir(), chain: &chain{kept: map[string]string{}}}
}

// resident is the app on a computer.
type resident struct {
	*desk
	t *testing.T
	c *computer
}

// start starts the app.
func (c *computer) start(t *testing.T) *resident {
	t.Helper()
	reach := client.NewClient()
	d := startDesk(t, filepath.Join(c.dir, "settings.json"), reach, func(cfg *engine.Config) {
		cfg.Access, cfg.Secrets = reach, secrets.New(c.chain, filepath.Join(c.dir, "secrets.json"))
		cfg.Logger = slog.New(slog.NewTextHandler(&lockedWriter{w: &c.log}, nil))
	})
	d.look(t)
	return &resident{d, t, c}
}

// quit ends the app and keeps what its page was told.
func (r *resident) quit() {
	r.t.Helper()
	r.stop(r.t)
	r.c.noted = append(r.c.noted, r.texts()...)
}

// do runs a command of the page.
func (r *resident) do(command string, c Call) AccessResult {
	r.t.Helper()
	got, ok := r.runAccess(command, c)
	if !ok {
		r.t.Fatalf("there is no command %s", command)
	}
	return *got
}

// must runs a command that has to end well.
func (r *resident) must(command string, c Call) AccessResult {
	r.t.Helper()
	got := r.do(command, c)
	if !got.OK {
		r.t.Fatalf("%s: %+v", command, got)
	}
	return got
}

// hear makes the app hear of an agent.
func (r *resident) hear(a *accesstest.Agent) { r.hearAt(a.Get().Status.ID, a.Addr()) }

func (r *resident) hearAt(id, addr string) {
	ap := netip.MustParseAddrPort(addr)
	r.search.sighted(dnssd.Sighting{
		Info: dnssd.Info{ID: id, Name: "heard", API: "/api/v1", Path: "/video", Access: "open"},
		Port: ap.Port(), Addrs: []netip.Addr{ap.Addr()}, At: time.Now(),
	})
}

// comesTo waits until a camera has a state and an access.
func (r *resident) comesTo(id string, state cameras.State, access cameras.Access) {
	r.t.Helper()
	key := cameras.Key(id, "x")
	eventually(r.t, 20*time.Second, key+" is "+string(state)+" and "+string(access), func() bool {
		c := r.camera(key)
		return c.State == state && c.Access == access
	})
}

// step waits until locking an agent has come to a step.
func (r *resident) step(id, step string) LockAgent {
	r.t.Helper()
	var got LockAgent
	eventually(r.t, 20*time.Second, "locking has come to "+step, func() bool {
		l := r.State().Access.Lock
		if l == nil {
			return false
		}
		for _, a := range l.Agents {
			if a.ID == id {
				got = a
			}
		}
		return got.Step == step
	})
	return got
}

// home is the only household.
func (r *resident) home() Household {
	r.t.Helper()
	all := r.State().Access.Households
	if len(all) != 1 {
		r.t.Fatalf("%d households", len(all))
	}
	return all[0]
}

// lockAll makes a household and locks these agents.
func (r *resident) lockAll(agents ...*accesstest.Agent) (household string) {
	r.t.Helper()
	for _, a := range agents {
		r.hear(a)
	}
	for _, a := range agents {
		r.comesTo(a.Get().Status.ID, cameras.Live, cameras.AccessOpen)
	}
	household = r.must("lock", Call{Name: "Home", To: "phones"}).Household
	for _, a := range agents {
		r.step(a.Get().Status.ID, "locked")
	}
	r.must("endLock", Call{})
	for _, a := range agents {
		r.comesTo(a.Get().Status.ID, cameras.Live, cameras.AccessLocked)
	}
	return household
}

// key is the key of a household as it is typed.
func (r *resident) key(household string) string {
	return r.must("sheet", Call{Household: household}).Sheet.Key
}

// tells checks that nothing secret is in anything that was written or told.
func (c *computer) tells(t *testing.T, secret ...string) {
	t.Helper()
	settings, _ := os.ReadFile(filepath.Join(c.dir, "settings.json"))
	places := map[string]string{"the log": c.log.String(), "the settings": string(settings), "a page": strings.Join(c.noted, "\n")}
	for _, s := range secret {
		if s == "" {
			t.Fatal("there is no secret to look for")
		}
		for where, text := range places {
			for _, form := range []string{s, strings.ReplaceAll(s, "-", ""), strings.ToLower(s)} {
				if strings.Contains(text, form) {
					t.Errorf("%s has the secret %s", where, form)
				}
			}
		}
	}
}

// agentKey is the key that an agent gets from a household key.
func agentKey(t *testing.T, typed string, a *accesstest.Agent) household.AgentKey {
	t.Helper()
	key, err := household.ParseKey(typed)
	if err != nil {
		t.Fatal(err)
	}
	s := a.Get()
	return key.ForAgent(s.Status.ID, s.SPKI)
}

// newHouse starts an agent with one camera.
func newHouse(t *testing.T, id, name string) *accesstest.Agent {
	return accesstest.New(t, id, name, testJPEG(t), "x")
}
