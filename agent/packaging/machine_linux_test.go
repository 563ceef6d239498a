package packaging

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
)

// TestMain lets the test binary be the camera program of a booted machine.
func TestMain(m *testing.M) {
	fakecam.MaybeRun()
	os.Exit(m.Run())
}

// machine is a Debian in namespaces of its own. Its files are an overlay over a
// root that .make/test-packages keeps.
type machine struct {
	t       *testing.T
	arch    string   // as dpkg calls it
	program []string // makes the machine of root and work
	boots   bool
	up      func() bool
	root    string // the untouched files
	work    string // what has changed
	group   string // the control group of its processes, of a machine that boots
	nspawn  *exec.Cmd
	ended   chan struct{}
	leader  int // process number of its init
}

// boot starts a machine of a Debian release, with a camera program.
func boot(t *testing.T, release string) *machine {
	t.Helper()
	m := &machine{t: t, arch: "amd64", root: release, boots: true}
	m.program = []string{"unshare", "--mount", "--net", "--propagation", "private", "testdata/boot"}
	m.up = func() bool {
		state, _ := m.try("systemctl", "is-system-running")
		return state == "running" || state == "degraded"
	}
	m.begin()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	m.copy(self, "/usr/bin/"+fakecam.ProgramName)
	return m
}

// enter makes a machine that does not boot: only what a test starts runs in it. It
// may be of another architecture.
func enter(t *testing.T, root, arch string) *machine {
	t.Helper()
	m := &machine{t: t, arch: arch, root: root}
	m.program = []string{
		"unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--propagation", "private", "testdata/enter",
	}
	m.up = func() bool {
		_, err := os.Stat(fmt.Sprintf("/proc/%d/root/run/entered", m.leader))
		return err == nil
	}
	m.begin()
	return m
}

// begin starts a machine whose changes end with the test.
func (m *machine) begin() {
	t := m.t
	t.Helper()
	needsPackages(t)
	m.root, m.work = filepath.Join(os.Getenv("PIGRID_ROOTS"), m.root), t.TempDir()
	// An overlay cannot lie in an overlay, as which containers have their files.
	if err := syscall.Mount("tmpfs", m.work, "tmpfs", 0, "size=2g"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		m.cutPower()
		if err := syscall.Unmount(m.work, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	m.start()
}

// needsPackages skips a test of what make packages has built.
func needsPackages(t *testing.T) {
	t.Helper()
	if os.Getenv("PIGRID_PACKAGES") == "" {
		t.Skip("set PIGRID_PACKAGES=1, as make test-packages does")
	}
}

// start makes it of what is there.
func (m *machine) start() {
	m.t.Helper()
	var console bytes.Buffer
	args := append(slices.Clone(m.program), m.root, m.work)
	if m.boots {
		m.group = fmt.Sprintf("pigrid-%d-%d", os.Getpid(), time.Now().UnixNano())
		args = append(args, m.group)
	}
	m.nspawn = exec.Command(args[0], args[1:]...)
	m.nspawn.Stdout, m.nspawn.Stderr = &console, &console
	m.nspawn.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := m.nspawn.Start(); err != nil {
		m.t.Fatal(err)
	}
	ended := make(chan struct{})
	m.ended = ended
	go func() {
		defer close(ended)
		_ = m.nspawn.Wait()
	}()
	m.await("it starts", time.Minute, func() bool {
		select {
		case <-ended:
			m.t.Fatalf("it does not start: %s", console.String())
		default:
		}
		m.leader = child(m.nspawn.Process.Pid)
		return m.leader > 0 && m.up()
	})
}

// child returns the process number of a process's first child, 0 for none.
func child(pid int) int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	first, _, _ := strings.Cut(string(text), " ")
	n, _ := strconv.Atoi(first)
	return n
}

// reboot shuts it down in order and boots it again.
func (m *machine) reboot() {
	m.t.Helper()
	_, _ = m.try("systemctl", "--no-block", "reboot")
	select {
	case <-m.ended:
	case <-time.After(time.Minute):
		m.t.Fatal("it does not shut down")
	}
	m.cutPower()
	m.start()
}

// cutPower ends it at once.
func (m *machine) cutPower() {
	if m.leader > 0 {
		_ = syscall.Kill(m.leader, syscall.SIGKILL)
	}
	if m.nspawn != nil && m.nspawn.Process != nil {
		_ = m.nspawn.Process.Kill()
		<-m.ended
		if m.boots {
			m.removeGroup()
		}
	}
	m.leader, m.nspawn = 0, nil
}

// removeGroup removes the control groups that a machine has left, as soon as the
// kernel lets go of them.
func (m *machine) removeGroup() {
	var out []byte
	for range 50 {
		var err error
		if out, err = exec.Command("unshare", "--mount", "--propagation", "private", "testdata/boot", "", "", m.group).CombinedOutput(); err == nil {
			return
		}
		<-time.After(100 * time.Millisecond)
	}
	m.t.Errorf("the machine's control group stays: %s", out)
}

// try runs a command in the machine and returns what it prints.
func (m *machine) try(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	out, err := m.command(ctx, args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// command prepares a command in the machine.
func (m *machine) command(ctx context.Context, args ...string) *exec.Cmd {
	in := []string{"--target", strconv.Itoa(m.leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--", "env", "--chdir=/"}
	cmd := exec.CommandContext(ctx, "nsenter", append(in, args...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "HOME=/root"}
	cmd.WaitDelay = time.Second
	return cmd
}

// run is [machine.try] of what must succeed.
func (m *machine) run(args ...string) string {
	m.t.Helper()
	out, err := m.try(args...)
	if err != nil {
		m.t.Fatalf("%v: %v: %s", args, err, out)
	}
	return out
}

// sh runs a line of shell that must succeed.
func (m *machine) sh(line string) string {
	m.t.Helper()
	return m.run("sh", "-c", line)
}

// copy puts a file of this computer into the machine.
func (m *machine) copy(from, to string) {
	m.t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(fmt.Sprintf("/proc/%d/root%s", m.leader, to), data, 0o755)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

// await asks until it is so.
func (m *machine) await(what string, within time.Duration, so func() bool) {
	m.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(within)
	for !so() {
		select {
		case <-tick.C:
		case <-timeout:
			m.t.Fatalf("not within %v: %s\n%s", within, what, m.journal())
		}
	}
}

// journal is what the agent has logged since the machine booted, or the test has
// started it.
func (m *machine) journal() string {
	out, _ := m.try("sh", "-c", "cat /run/agent.log 2>/dev/null || journalctl --boot --no-pager --output=cat --unit='pigrid-*'")
	return out
}

// property returns one of the unit's properties, see systemd.unit(5).
func (m *machine) property(name string) string {
	m.t.Helper()
	return m.propertyOf("pigrid-agent", name)
}

// propertyOf is the same of another unit.
func (m *machine) propertyOf(unit, name string) string {
	m.t.Helper()
	return m.run("systemctl", "show", "--property="+name, "--value", unit)
}

// seesPicture reports whether the agent gives a picture.
func (m *machine) seesPicture() bool {
	out, err := m.try("sh", "-c", "curl --silent --fail --max-time 8 http://localhost:8080/snapshot.jpg | head -c 2 | od -An -tx1")
	return err == nil && out == "ff d8"
}

// install installs the package of this machine's architecture as dpkg does it.
func (m *machine) install() string {
	m.t.Helper()
	return m.installs("pigrid-agent")
}

// installs does that with any package of ours.
func (m *machine) installs(name string) string {
	m.t.Helper()
	m.copy(packageFile(m.t, name, m.arch), "/root/"+name+".deb")
	return m.sh("dpkg --force-confold --install /root/" + name + ".deb 2>&1")
}

// packageFile is what make packages has built.
func packageFile(t *testing.T, name, arch string) string {
	t.Helper()
	found, err := filepath.Glob("../../bin/packages/" + name + "_*_" + arch + ".deb")
	if err != nil || len(found) != 1 {
		t.Fatalf("packages %s of %s: %v, %v; run make packages", name, arch, found, err)
	}
	return found[0]
}
