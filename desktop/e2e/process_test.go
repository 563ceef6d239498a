//go:build linux

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/strip"
)

// process is a running program in a process group of its own.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it ended
}

// startProcess starts a program that ends with the test at the latest.
func startProcess(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() { defer close(p.done); _ = cmd.Wait() }()
	t.Cleanup(p.kill)
	return p
}

// kill ends the program and everything it started.
func (p *process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.done
}

// left lists the processes that are still in the program's group.
func (p *process) left(t *testing.T) []string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		// pid (name) state parent group …
		end := bytes.LastIndexByte(data, ')')
		f := strings.Fields(string(data[end+1:]))
		if group, _ := strconv.Atoi(f[2]); group == p.cmd.Process.Pid && f[0] != "Z" {
			list = append(list, string(data[:end+1]))
		}
	}
	return list
}

// agent is a real agent that serves the test picture.
type agent struct {
	*process
	name, state string
	flags       []string
	addr        string // where it can be asked from here
	id          string
	camera      uint8 // in the strip of its pictures

	read chan struct{} // closed when all that it logged has been read, after its end
	mu   sync.Mutex
	log  []byte // of all its lives, less the oldest
}

// logged ends it, and returns what it wrote to its log, as far as that was kept.
func (a *agent) logged() string {
	a.kill()
	<-a.read
	a.mu.Lock()
	defer a.mu.Unlock()
	return string(a.log)
}

func (a *agent) keep(line []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.log = append(append(a.log, line...), '\n'); len(a.log) > 4<<20 {
		a.log = a.log[1<<20:]
	}
}

// startAgent starts an agent on a free port of the loopback interface, without
// mDNS, unless the flags say otherwise.
func startAgent(t *testing.T, name string, flags ...string) *agent {
	t.Helper()
	a := &agent{name: name, state: t.TempDir(), flags: append([]string{"--listen", "127.0.0.1:0", "--mdns=false"}, flags...)}
	a.start(t)
	var status api.Status
	until(t, 5*time.Second, name+" has found its camera", func() bool {
		status = a.status(t)
		return len(status.Cameras) > 0
	})
	a.id = status.ID
	img, err := jpeg.Decode(bytes.NewReader(a.get(t, status.Cameras[0].Snapshot)))
	if err != nil {
		t.Fatal(err)
	}
	marks := strip.Find(img)
	if len(marks) != 1 {
		t.Fatalf("%d strips in the picture of %s", len(marks), name)
	}
	a.camera = marks[0].Camera
	return a
}

// start starts it again where it was.
func (a *agent) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command(agentProgram, append([]string{
		"--source", "pattern", "--state-dir", a.state, "--name", a.name, "--framerate", "10", "--log-format", "json",
	}, a.flags...)...)
	log, to, err := os.Pipe() // which its end does not close, as it does that of StderrPipe
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = to
	a.process = startProcess(t, cmd)
	to.Close()
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		a.keep(lines.Bytes())
		var l struct{ Msg, Addr string }
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.Msg == "listening" {
			a.addr = l.Addr
			a.flags = append(a.flags, "--listen", l.Addr) // there again when it is started again
			break
		}
		t.Logf("%s: %s", a.name, lines.Text())
	}
	if a.addr == "" {
		t.Fatalf("%s does not say where it listens", a.name)
	}
	read := make(chan struct{})
	a.read = read
	go func() {
		defer close(read)
		defer log.Close()
		for lines.Scan() { // so that it never waits for us
			a.keep(lines.Bytes())
		}
	}()
}

func (a *agent) get(t *testing.T, path string) []byte {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	resp, err := client.Get("http://" + a.addr + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s%s: %s, %v", a.addr, path, resp.Status, err)
	}
	return b.Bytes()
}

func (a *agent) status(t *testing.T) api.Status {
	t.Helper()
	var s api.Status
	if err := json.Unmarshal(a.get(t, api.StatusPath), &s); err != nil {
		t.Fatalf("status: %+v, %v", s, err)
	}
	return s
}

// home is the home directory of a user of the app.
type home struct{ dir string }

// known is a camera that the app remembers.
type known struct {
	Key       string   `json:"key"`
	Name      string   `json:"name"`
	Addresses []string `json:"addresses"`
}

// newHome makes a home whose settings remember these agents.
func newHome(t *testing.T, agents ...*agent) home {
	t.Helper()
	list := []known{}
	for _, a := range agents {
		list = append(list, known{fmt.Sprintf("agent:%s/pattern", a.id), a.name, []string{a.addr}})
	}
	return homeOf(t, 1900, 1000, list)
}

// homeOf makes a home whose settings remember these cameras and a window of
// this size.
func homeOf(t *testing.T, width, height int, cameras []known) home {
	t.Helper()
	h := home{t.TempDir()}
	h.write(t, "settings.json", map[string]any{
		"version": 1, "cameras": cameras, "window": map[string]int{"width": width, "height": height},
	})
	return h
}

// change sets some of the settings.
func (h home) change(t *testing.T, some map[string]any) {
	t.Helper()
	data, err := os.ReadFile(h.settings())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	maps.Copy(all, some)
	h.write(t, "settings.json", all)
}

// write writes one of the app's files as JSON.
func (h home) write(t *testing.T, name string, content any) {
	t.Helper()
	data, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(h.settings())
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (h home) settings() string { return filepath.Join(h.dir, ".config", "pigrid", "settings.json") }

// app is the running desktop app.
type app struct {
	*process
	log *logBuffer
}

// startApp starts the app's program on a screen, without the search by mDNS.
func startApp(t *testing.T, program string, s *screen, h home, env ...string) *app {
	t.Helper()
	return startCommand(t, exec.Command(program), s, h, env...)
}

// startCommand starts the app by a command that runs its program.
func startCommand(t *testing.T, cmd *exec.Cmd, s *screen, h home, env ...string) *app {
	t.Helper()
	cmd.Env = append(os.Environ(),
		"DISPLAY="+s.display, "HOME="+h.dir, "XDG_CONFIG_HOME="+filepath.Join(h.dir, ".config"),
		"XDG_CACHE_HOME="+filepath.Join(h.dir, ".cache"), "XDG_DATA_HOME="+filepath.Join(h.dir, ".local/share"),
		"XDG_STATE_HOME="+filepath.Join(h.dir, ".local/state"), "PIGRID_MDNS=false", "GDK_BACKEND=x11", "WAYLAND_DISPLAY=",
		"NO_AT_BRIDGE=1", "DBUS_SESSION_BUS_ADDRESS=disabled:", // else GLib starts a bus of its own, for ever
		"GTK_THEME=Adwaita:dark") // a strip begins and ends white: on a light page its edges vanish
	cmd.Env = append(cmd.Env, env...)
	a := &app{log: &logBuffer{}}
	cmd.Stdout, cmd.Stderr = a.log, a.log
	a.process = startProcess(t, cmd)
	s.keepWhenFailed(t)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the app says at last:\n%s%s", crash(a.log.String()), lastLines(a.log.String(), 60))
		}
	})
	return a
}

// said counts how often the app's log says this.
func (a *app) said(words string) int { return strings.Count(a.log.String(), words) }

// crash is how a Go program says that it crashed, empty when it has not.
func crash(log string) string {
	for _, words := range []string{"SIGSEGV:", "SIGABRT:", "SIGBUS:", "fatal error:", "panic:"} {
		if at := strings.Index(log, words); at >= 0 {
			return log[at:min(len(log), at+8000)] + "\n[…]\n"
		}
	}
	return ""
}

// lastLines is the end of a log, without what the development build says of
// every request.
func lastLines(log string, n int) string {
	lines := slices.DeleteFunc(strings.Split(log, "\n"), func(l string) bool { return strings.Contains(l, "[AssetHandler]") })
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// interrupt sends Ctrl-C and returns how long the app took to end.
func (a *app) interrupt(t *testing.T, limit time.Duration) time.Duration {
	t.Helper()
	begin := time.Now()
	if err := a.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-a.done:
	case <-time.After(limit):
		t.Errorf("still running %v after Ctrl-C", limit)
	}
	return time.Since(begin)
}

// logBuffer keeps what a program says.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
