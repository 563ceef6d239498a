package bench

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// server is a running process under measurement.
type server struct {
	cmd  *exec.Cmd
	addr string
}

var address = regexp.MustCompile(`\baddr=(\S+)`)

// start runs one of "agent", "floor" and "naive", fed with frames of size
// bytes, until the test or stop ends it.
func start(t *testing.T, name string, size int) *server {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, name, strconv.Itoa(size))
	if name == "agent" {
		cmd = exec.Command(agentBinary, "--listen", "127.0.0.1:0", "--mdns=false", "--state-dir", t.TempDir(),
			"--max-viewers", "1000", "--framerate", strconv.Itoa(framerate),
			"--source", fmt.Sprintf("exec:'%s' replay %d", self, size))
	}
	return launch(t, name, cmd)
}

// startRest runs the agent as it is started on a Pi, its port excepted, alone
// on a network.
func startRest(t *testing.T) *server {
	t.Helper()
	return launch(t, "agent", exec.Command("unshare", "--map-root-user", "--net", "sh", "-c", `ip link set lo up && exec "$@"`, "sh",
		agentBinary, "--listen", ":0", "--state-dir", t.TempDir(), "--source", "pattern"))
}

// launch runs a program until it says where it listens.
func launch(t *testing.T, name string, cmd *exec.Cmd) *server {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = cmd.Start()
	_ = w.Close()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{cmd: cmd}
	lines := bufio.NewScanner(r)
	var said strings.Builder
	for s.addr == "" && lines.Scan() {
		fmt.Fprintln(&said, lines.Text())
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			s.addr = m[1]
		}
	}
	if s.addr == "" {
		s.stop()
		t.Fatalf("%s does not listen: %s", name, &said)
	}
	go func() { // ends with the server
		defer r.Close()
		_, _ = io.Copy(io.Discard, r)
	}()
	return s
}

// stop ends the server and its source.
func (s *server) stop() {
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	_ = s.cmd.Wait()
}

// cpu returns the time the server's process, without its source, has used.
func (s *server) cpu(t *testing.T) time.Duration {
	t.Helper()
	var ts unix.Timespec
	clock := int32(^s.cmd.Process.Pid<<3 | 2) // MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED)
	if err := unix.ClockGettime(clock, &ts); err != nil {
		t.Fatal(err)
	}
	return time.Duration(ts.Nano())
}

// memory returns the server's resident bytes.
func (s *server) memory(t *testing.T) int64 {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(data), &size, &resident); err != nil {
		t.Fatal(err)
	}
	return resident * int64(os.Getpagesize())
}
