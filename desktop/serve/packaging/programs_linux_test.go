package packaging

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// needsPrograms skips a test of whole programs.
func needsPrograms(t *testing.T, names ...string) {
	t.Helper()
	if os.Getenv("PIGRID_E2E") == "" {
		t.Skip("set PIGRID_E2E=1, as make test does")
	}
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip(err)
		}
	}
}

// built builds a program once for all tests.
var built = func() func(t *testing.T, folder string) string {
	var mu sync.Mutex
	files := map[string]string{}
	return func(t *testing.T, folder string) string {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		if files[folder] == "" {
			file := filepath.Join(os.TempDir(), fmt.Sprintf("pigrid-%d-%s", os.Getpid(), filepath.Base(folder)))
			build := exec.Command("go", "build", "-o", file, folder)
			build.Env = append(os.Environ(), "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			files[folder] = file
		}
		return files[folder]
	}
}()

func TestMain(m *testing.M) {
	code := m.Run()
	for _, name := range []string{"agent", "serve"} {
		_ = os.Remove(filepath.Join(os.TempDir(), fmt.Sprintf("pigrid-%d-%s", os.Getpid(), name)))
	}
	os.Exit(code)
}

// running is a program that a test has started.
type running struct {
	cmd   *exec.Cmd
	log   string // file
	ended chan struct{}
}

// start runs a program that ends with the test.
func start(t *testing.T, env []string, args ...string) *running {
	t.Helper()
	log, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	r := &running{exec.Command(args[0], args[1:]...), log.Name(), make(chan struct{})}
	r.cmd.Env, r.cmd.Stdout, r.cmd.Stderr = append(os.Environ(), env...), log, log
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.ended)
		_ = r.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL)
		<-r.ended
		if t.Failed() {
			t.Logf("%v: %s", args, r.said())
		}
	})
	return r
}

// said is what it has printed.
func (r *running) said() string {
	text, _ := os.ReadFile(r.log)
	return string(text)
}

// stop ends it in order, and returns how long that took.
func (r *running) stop(t *testing.T) time.Duration {
	t.Helper()
	begin := time.Now()
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-r.ended:
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
	return time.Since(begin)
}

// runs reports whether it has not ended.
func (r *running) runs() bool {
	select {
	case <-r.ended:
		return false
	default:
		return true
	}
}

// await asks until it is so.
func await(t *testing.T, what string, within time.Duration, so func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(within)
	for !so() {
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

// freeAddress is one of this machine on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// household is an agent with a test picture, and a pigrid-serve that shows it.
type household struct {
	agent, serve string // addresses
	env          []string
	program      *running // pigrid-serve
	key          string
}

// newHousehold starts both.
func newHousehold(t *testing.T) *household {
	t.Helper()
	state, err := os.MkdirTemp("", "p") // short enough for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(state) })
	empty := filepath.Join(state, "empty.toml")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h := &household{agent: freeAddress(t), serve: freeAddress(t), env: []string{
		"XDG_STATE_HOME=" + state, "PIGRID_SERVE_MDNS=false", "PIGRID_SERVE_CONFIG=" + empty,
	}}
	start(t, h.env, built(t, "pigrid/agent"), "--source", "pattern", "--name", "Porch", "--listen", h.agent, "--mdns=false", "--config", empty)
	h.startServe(t)
	await(t, "the agent answers", 20*time.Second, func() bool {
		said, err := h.run(t, "add", h.agent)
		_, key, _ := strings.Cut(said, "(")
		h.key, _, _ = strings.Cut(key, ")")
		return err == nil && h.key != ""
	})
	return h
}

// startServe starts pigrid-serve.
func (h *household) startServe(t *testing.T) {
	t.Helper()
	h.program = start(t, h.env, built(t, "pigrid/desktop/serve"), "--listen", h.serve)
	await(t, "pigrid-serve answers", 20*time.Second, func() bool {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", h.serve)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}

// run runs a command of pigrid-serve.
func (h *household) run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, built(t, "pigrid/desktop/serve"), args...)
	cmd.Env = append(os.Environ(), h.env...)
	out, err := cmd.Output()
	return string(out), err
}
