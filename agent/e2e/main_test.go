// Package e2e runs the real pigrid-agent as people do: the binary, a stand-in
// for rpicam-vid on the PATH, and clients from Debian. It runs when PIGRID_E2E
// is set; `make test` does.
package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pigrid/agent/capture/fakecam"
)

// binary is the agent under test, built once.
var binary string

func TestMain(m *testing.M) {
	fakecam.MaybeRun()
	maybeBigCamera()
	if os.Getenv("PIGRID_E2E") == "" {
		fmt.Println("skipped: agent/e2e runs with PIGRID_E2E=1, as in `make test`")
		return
	}
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pigrid-e2e")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "pigrid-agent")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "pigrid/agent")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Printf("the agent does not build: %v\n%s", err, out)
		return 1
	}
	code := m.Run()
	if err := goleak.Find(); err != nil {
		fmt.Println(err)
		return 1
	}
	return code
}

// agent is a running pigrid-agent.
type agent struct {
	cmd  *exec.Cmd
	url  string
	addr string
	log  *logTail
	done chan error
}

var listening = regexp.MustCompile(`msg=listening addr=(\S+)`)

// start runs the agent with a state directory of its own and waits until it
// listens.
func start(t *testing.T, env []string, args ...string) *agent {
	t.Helper()
	return startAt(t, "127.0.0.1:0", env, args...)
}

// startAt is start on an address of the test's choice.
func startAt(t *testing.T, addr string, env []string, args ...string) *agent {
	t.Helper()
	return startBy(t, addr, env, args, func(cmd *exec.Cmd) (wait func() error, err error) { return cmd.Wait, cmd.Start() })
}

// startBy is startAt with another way to start the program and to wait for its end.
func startBy(t *testing.T, addr string, env, args []string, begin func(*exec.Cmd) (wait func() error, err error)) *agent {
	t.Helper()
	args = append([]string{"--listen", addr, "--state-dir", t.TempDir(), "--mdns=false"}, args...)
	a := &agent{cmd: exec.Command(binary, args...), log: &logTail{}, done: make(chan error, 1)}
	a.cmd.Env = append(os.Environ(), env...)
	stderr, err := a.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	wait, err := begin(a.cmd)
	if err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	read := make(chan struct{})
	go func() { defer close(read); a.log.follow(stderr, ready) }()
	go func() { <-read; a.done <- wait() }()
	t.Cleanup(func() { a.stop(t, syscall.SIGTERM); t.Log(a.log) })
	select {
	case a.addr = <-ready:
	case <-time.After(20 * time.Second):
		t.Fatalf("the agent does not listen: %s", a.log)
	}
	a.url = "http://" + a.addr
	return a
}

// stop sends a signal, waits and returns how long the end took.
func (a *agent) stop(t *testing.T, sig syscall.Signal) time.Duration {
	t.Helper()
	if a.done == nil {
		return 0
	}
	begin := time.Now()
	_ = a.cmd.Process.Signal(sig)
	select {
	case err := <-a.done:
		if err != nil {
			t.Errorf("the agent ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		_ = a.cmd.Process.Kill()
		t.Errorf("the agent did not end by itself: %v", <-a.done)
	}
	a.done = nil
	return time.Since(begin)
}

// withCamera is the environment in which the agent finds the stand-in.
func withCamera(t *testing.T) (env []string, dir string) {
	t.Helper()
	dir = t.TempDir()
	if _, err := fakecam.Install(dir); err != nil {
		t.Fatal(err)
	}
	return []string{
		"PATH=" + dir + ":" + os.Getenv("PATH"), "GORACE=atexit_sleep_ms=0",
		fakecam.LogEnv + "=" + filepath.Join(dir, "starts"), fakecam.FaultEnv + "=" + filepath.Join(dir, "fault"),
	}, dir
}

// logTail keeps what the agent logs.
type logTail struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logTail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logTail) follow(r io.Reader, ready chan<- string) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		l.mu.Lock()
		l.text.WriteString(lines.Text() + "\n")
		l.mu.Unlock()
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			ready <- m[1]
		}
	}
}
