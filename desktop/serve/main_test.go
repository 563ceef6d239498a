package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pigrid/desktop/accesstest"
	"pigrid/desktop/serve/config"
	"pigrid/desktop/serve/servetest"
	"pigrid/shared/api"
	"pigrid/shared/household"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noise is what a program writes, for several goroutines.
type noise struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *noise) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func (n *noise) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

// machine is a computer with a state folder.
type machine struct {
	t   *testing.T
	env []string
}

func newMachine(t *testing.T) machine {
	t.Helper()
	dir, err := os.MkdirTemp("", "p") // short enough for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	empty := filepath.Join(dir, "serve.toml") // whatever this machine's says
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return machine{t, []string{"XDG_STATE_HOME=" + dir, "PIGRID_SERVE_MDNS=false", "PIGRID_SERVE_CONFIG=" + empty}}
}

func (m machine) dir() string {
	return filepath.Join(strings.TrimPrefix(m.env[0], "XDG_STATE_HOME="), "pigrid-serve")
}

// start runs the program until the returned function is called, which says what it
// wrote and how long its end took.
func (m machine) start(args ...string) (url string, stop func() (said string, took time.Duration)) {
	m.t.Helper()
	var out noise
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- program{env: m.env, stdin: strings.NewReader(""), stdout: &out, stderr: &out}.execute(ctx, args)
	}()
	stop = sync.OnceValues(func() (string, time.Duration) {
		begin := time.Now()
		cancel()
		if err := <-ended; err != nil {
			m.t.Error(err)
		}
		return out.String(), time.Since(begin)
	})
	m.t.Cleanup(func() { stop() })
	at := regexp.MustCompile(`addr=\S*:(\d+)`)
	servetest.Eventually(m.t, 10*time.Second, "it listens", func() bool { return at.MatchString(out.String()) })
	return "http://127.0.0.1:" + at.FindStringSubmatch(out.String())[1], stop
}

// do runs a command and returns what it wrote.
func (m machine) do(stdin string, args ...string) (stdout string, err error) {
	m.t.Helper()
	var out bytes.Buffer
	err = program{env: m.env, stdin: strings.NewReader(stdin), stdout: &out, stderr: io.Discard}.execute(m.t.Context(), args)
	return out.String(), err
}

// must runs a command that goes well.
func (m machine) must(stdin string, args ...string) string {
	m.t.Helper()
	out, err := m.do(stdin, args...)
	if err != nil {
		m.t.Fatalf("%v: %v", args, err)
	}
	return out
}

func status(t *testing.T, url string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

// TestCameras are added, listed, remembered and forgotten.
func TestCameras(t *testing.T) {
	a, m := servetest.NewAgent(t), newMachine(t)
	url, stop := m.start("--listen", "127.0.0.1:0")
	if out := m.must("", "list"); !strings.Contains(out, "No camera was found yet") {
		t.Error(out)
	}
	if out := m.must("", "add", a.Addr()); out != "Added Porch ("+servetest.Key+")\n" {
		t.Error(out)
	}
	if code := status(t, url+"/cameras/"+servetest.Key+"/snapshot.jpg"); code != http.StatusOK {
		t.Errorf("its picture: %d", code)
	}
	said, took := stop()
	if took > 2*time.Second || strings.Contains(said, "view password") {
		t.Errorf("it ends after %v: %s", took, said)
	}
	_, stop = m.start("run", "--listen", "localhost:0")
	if out := m.must("", "list"); !strings.Contains(out, "Porch") || !strings.Contains(out, servetest.Key) {
		t.Errorf("after a restart: %s", out)
	}
	if out := m.must("", "forget", "porch"); !strings.HasPrefix(out, "Forgot Porch") {
		t.Error(out)
	}
	if out := m.must(a.Addr()+"\n", "add", "-"); !strings.HasPrefix(out, "Added Porch") {
		t.Error(out)
	}
	m.must("", "forget", servetest.Key)
	if out := m.must("", "list"); strings.Contains(out, "Porch") {
		t.Error(out)
	}
	stop()
	if _, err := m.do("", "list"); err == nil || !strings.Contains(err.Error(), "no pigrid-serve is running here") {
		t.Error(err)
	}
}

// TestExport prints configurations for the cameras that are known.
func TestExport(t *testing.T) {
	a, m := servetest.NewAgent(t), newMachine(t)
	_, _ = m.start("--listen", "127.0.0.1:0")
	m.must("", "add", a.Addr())
	const path = "/cameras/" + servetest.Key + "/video"
	for args, want := range map[string]string{
		"export go2rtc":                                         ": http://127.0.0.1:8088" + path + "\n",
		"export go2rtc --at 10.0.0.9:80":                        ": http://10.0.0.9:80" + path + "\n",
		"export go2rtc --listen 192.168.1.2:80":                 ": http://x:${PIGRID_PASSWORD}@192.168.1.2:80" + path + "\n",
		"export go2rtc --listen 192.168.1.2:80 --no-password":   ": http://192.168.1.2:80" + path + "\n",
		"export homeassistant --listen :80 --at nas.example:80": "MJPEG URL        http://nas.example:80" + path + "\n",
	} {
		if out := m.must("", strings.Fields(args)...); !strings.Contains(out, want) {
			t.Errorf("%s: %s", args, out)
		}
	}
	for args, want := range map[string]string{
		"export": "export needs the name of a program: go2rtc, ", "export emacs": `there is no export for "emacs", only for go2rtc, `,
		"export go2rtc --at nowhere": "it must be an address and a port", "export go2rtc --at a@b:1": "it must be an address and a port",
	} {
		if _, err := m.do("", strings.Fields(args)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
}

// TestLogin is wanted where other computers can connect, unless --no-password says not.
func TestLogin(t *testing.T) {
	m := newMachine(t)
	url, stop := m.start("--listen", ":0")
	password := strings.TrimSpace(m.must("", "password"))
	if code := status(t, url+"/"); code != http.StatusUnauthorized {
		t.Errorf("without: %d", code)
	}
	if code := status(t, url+"/cameras?key="+password); code != http.StatusOK {
		t.Errorf("with: %d", code)
	}
	said, _ := stop()
	if strings.Count(said, password) != 1 || !strings.Contains(said, "The view password is "+password) {
		t.Errorf("at the first start: %s", said)
	}
	url, stop = m.start("--listen", ":0")
	if status(t, url+"/cameras?key="+password) != http.StatusOK {
		t.Error("after a restart it does not count")
	}
	if said, _ := stop(); strings.Contains(said, password) {
		t.Errorf("it is said at every start: %s", said)
	}
	url, _ = m.start("--listen", ":0", "--no-password")
	if code := status(t, url+"/cameras"); code != http.StatusOK {
		t.Errorf("--no-password: %d", code)
	}
}

// TestPasswords are changed at once where the program runs, and kept where it does not.
func TestPasswords(t *testing.T) {
	m := newMachine(t)
	url, stop := m.start("--listen", ":0")
	first := strings.TrimSpace(m.must("", "password"))
	watch := func(password string) int { return status(t, url+"/cameras?key="+password) }
	guests := strings.TrimSpace(m.must("", "password", "add", "guests", "--until", "7d"))
	renewed := strings.TrimSpace(m.must("", "password", "new"))
	if watch(guests) != http.StatusOK || watch(renewed) != http.StatusOK || watch(first) != http.StatusUnauthorized {
		t.Error("a change does not count at once")
	}
	if out := m.must("", "password", "list"); !strings.Contains(out, "household   never\n") || !strings.Contains(out, "guests      2") || strings.Contains(out, guests) {
		t.Error(out)
	}
	if out := m.must("", "password", "remove", "Guests"); !strings.Contains(out, "logged out") || watch(guests) != http.StatusUnauthorized {
		t.Error(out)
	}
	stop()
	tv := strings.TrimSpace(m.must("", "password", "add", "tv"))
	if out := m.must("", "password", "show", "TV"); strings.TrimSpace(out) != tv {
		t.Error(out)
	}
	url, _ = m.start("--listen", ":0")
	if watch(tv) != http.StatusOK {
		t.Error("what was added while nothing ran does not count")
	}
}

func TestUntil(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.Local)
	for text, want := range map[string]time.Time{
		"":                     {},
		"2026-12-24":           time.Date(2026, 12, 25, 0, 0, 0, 0, time.Local),
		"2026-12-24 18:00":     time.Date(2026, 12, 24, 18, 0, 0, 0, time.Local),
		"2026-12-24T18:00":     time.Date(2026, 12, 24, 18, 0, 0, 0, time.Local),
		"2026-12-24T18:00:00Z": time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC),
		"7d":                   now.AddDate(0, 0, 7),
		"12h":                  now.Add(12 * time.Hour),
	} {
		if got, err := parseUntil(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"Sunday", "0d", "-7d", "d", "-1h", "2026-13-01", "99999d"} {
		if got, err := parseUntil(text, now); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestTheHouseholdKey opens locked cameras. It is read from standard input and never
// printed.
func TestTheHouseholdKey(t *testing.T) {
	key := household.NewKey()
	a := accesstest.New(t, servetest.ID, "vault", servetest.Picture(9), "imx708")
	a.Set(func(s *accesstest.State) {
		s.Access, s.Key = api.Locked, key.ForAgent(s.Status.ID, s.SPKI)
		s.Passwords = []api.ViewPassword{{Name: "phones", Hash: household.NewViewPassword().Hash()}}
	})
	m := newMachine(t)
	url, stop := m.start("--listen", "127.0.0.1:0")
	m.must("", "add", a.Addr())
	if out := m.must("", "list"); !strings.Contains(out, "needs-key") || !strings.Contains(out, "pigrid-serve key") {
		t.Errorf("before: %s", out)
	}
	for typed, want := range map[string]string{"nonsense": "no household key", household.NewKey().Reveal(): "opens none"} {
		if _, err := m.do(typed, "key"); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), typed) {
			t.Errorf("%s: %v", typed, err)
		}
	}
	if out := m.must(strings.ToLower(key.Reveal())+"\n", "key", "--name", "Home"); !strings.Contains(out, "It opens vault") {
		t.Error(out)
	}
	servetest.Eventually(t, 10*time.Second, "its picture", func() bool {
		return status(t, url+"/cameras/"+servetest.Key+"/snapshot.jpg") == http.StatusOK
	})
	said, _ := stop()
	if strings.Contains(said, key.Reveal()) {
		t.Error("the log has the key")
	}
	if info, err := os.Stat(filepath.Join(m.dir(), "secrets.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info, err)
	}
	url, _ = m.start("--listen", "127.0.0.1:0")
	servetest.Eventually(t, 10*time.Second, "its picture after a restart", func() bool {
		return status(t, url+"/cameras/"+servetest.Key+"/snapshot.jpg") == http.StatusOK
	})
}

// TestViews are made, changed, listed and removed; a camera's name or key says which.
func TestViews(t *testing.T) {
	a, m := servetest.NewAgent(t), newMachine(t)
	_, _ = m.start("--listen", "127.0.0.1:0")
	m.must("", "add", a.Addr())
	for _, step := range []struct{ args, out string }{
		{"view", "There is no view."},
		{"view Garden porch", "The view is kept. A browser shows it with /?view=Garden\n"},
		{"view", "Garden: Porch\n"},
		{"view garden --focus " + servetest.Key, "The view is kept. A browser shows it with /?view=garden\n"},
		{"view", "garden: Porch\n"},
		{"view --remove GARDEN", "Removed the view garden\n"},
		{"view", "There is no view."},
	} {
		if out := m.must("", strings.Fields(step.args)...); !strings.HasPrefix(out, step.out) {
			t.Errorf("%s: %s", step.args, out)
		}
	}
}

// TestMistakes are answered with one sentence.
func TestMistakes(t *testing.T) {
	m := newMachine(t)
	_, _ = m.start("--listen", "127.0.0.1:0")
	for args, want := range map[string]string{
		"lst":                            `there is no command "lst"; did you mean list?`,
		"add":                            "add needs an address",
		"add a b":                        "add needs an address",
		"add 127.0.0.1:1":                "nothing was added: nothing listens there",
		"add [":                          "nothing was added: this is no address",
		"forget nobody":                  `there is no camera "nobody"`,
		"view Garden":                    "say which cameras the view has",
		"view Garden nobody":             `there is no camera "nobody"`,
		"view --remove Garden":           `there is no view "Garden"`,
		"view --remove Garden Porch":     "say which cameras the view has",
		"password old":                   `there is no command "old"`,
		"password show guests":           `there is no view password "guests"`,
		"password add":                   "add needs a name",
		"password add guests --until 0d": "--until \"0d\" is invalid",
		"password remove guests":         `there is no view password "guests"`,
		"password remove household":      "it is the only view password",
		"--listen nowhere":               "it must be an address and a port",
		"--listen 127.0.0.1:0":           "another pigrid-serve runs with the state folder",
		"--listen 192.0.2.1:1 run":       "another pigrid-serve runs",
		"list --state-dir /proc/none":    "no pigrid-serve is running here",
		"--state-dir /proc/none/nowhere": "cannot be made",
	} {
		_, err := m.do("", strings.Fields(args)...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
	alone := newMachine(t)
	if _, err := alone.do("", "--listen", "192.0.2.1:1"); err == nil || !strings.Contains(err.Error(), "it cannot listen on 192.0.2.1:1") {
		t.Error(err)
	}
	if _, err := (program{env: []string{}, stdout: io.Discard, stderr: io.Discard}).stateless(t); err == nil || !strings.Contains(err.Error(), "--state-dir") {
		t.Error(err)
	}
}

// stateless runs a command where no folder is known.
func (p program) stateless(t *testing.T) (string, error) {
	if os.Geteuid() == 0 {
		if _, err := os.Stat(systemStateDir); err == nil {
			t.Skip("this machine runs pigrid-serve")
		}
	}
	return "", p.execute(t.Context(), []string{"list"})
}

func TestHelp(t *testing.T) {
	m := newMachine(t)
	for _, args := range []string{"--help", "help", "help flags", "help add", "version", "--version"} {
		out := m.must("", strings.Fields(args)...)
		for line := range strings.Lines(out) {
			if len(line) > 81 {
				t.Errorf("%s: %d columns: %s", args, len(line), line)
			}
		}
		if !strings.Contains(out, "pigrid-serve") && args != "help flags" {
			t.Errorf("%s: %s", args, out)
		}
	}
}

func TestStateDir(t *testing.T) {
	for want, env := range map[string][]string{
		"/a":                            {"STATE_DIRECTORY=/a:/b", "XDG_STATE_HOME=/c", "HOME=/d"},
		"/c/pigrid-serve":               {"STATE_DIRECTORY=", "XDG_STATE_HOME=/c", "HOME=/d"},
		"/d/.local/state/pigrid-serve":  {"XDG_STATE_HOME=relative", "HOME=/d"},
		"":                              {"HOME=relative"},
		"/d2/.local/state/pigrid-serve": {"HOME=/d2"},
	} {
		if _, err := os.Stat(systemStateDir); err == nil && os.Geteuid() == 0 {
			t.Skip("this machine runs pigrid-serve")
		}
		if got := stateDir(config.Config{}, env); got != want {
			t.Errorf("%v: %q, want %q", env, got, want)
		}
	}
}
