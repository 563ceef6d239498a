package announce

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// netlab is a LAN of machines that are Linux namespaces: each has its own
// network, host name, /run and processes, and one eth0 on a common bridge. A
// machine lives as long as the pipe to its first process, so nothing is left
// behind even when the test is killed.
type netlab struct {
	t     *testing.T
	dir   string
	sw    *machine // carries the bridge
	procs []*process
}

// machine is one namespace; pid is its first process.
type machine struct {
	lab  *netlab
	name string
	pid  string
}

// needNetlab skips unless the network tests were asked for and can run here.
func needNetlab(t *testing.T, tools ...string) {
	t.Helper()
	if os.Getenv("PIGRID_NETNS") != "1" {
		t.Skip("network test: set PIGRID_NETNS=1 to run it (needs root)")
	}
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("network test: needs root on Linux, for network namespaces")
	}
	for _, tool := range append(tools, "ip", "unshare", "nsenter", "go") {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("network test: %s is not installed", tool)
		}
	}
}

func newNetlab(t *testing.T) *netlab {
	l := &netlab{t: t, dir: t.TempDir()}
	t.Cleanup(l.end)
	// A compiler would slow down what the other tests measure: all of them wait
	// here until all is built.
	for _, program := range []string{
		"agent", "desktop/gridapi/testdata/viewer", "agent/announce/testdata/announcer", "desktop/discovery/testdata/seeker",
	} {
		l.build("pigrid/" + program)
	}
	l.sw = l.machine("switch")
	for _, br := range []string{"br0", "br1"} { // two networks
		l.sw.run("ip", "link", "add", br, "type", "bridge", "mcast_snooping", "0")
		l.sw.run("ip", "link", "set", br, "up")
	}
	return l
}

// end stops everything; machines take with them what ignores its input.
func (l *netlab) end() {
	for _, p := range l.procs {
		_ = p.stdin.Close()
	}
	for _, p := range l.procs {
		p.stop()
	}
}

// machine makes one without a network card.
func (l *netlab) machine(hostname string) *machine {
	l.t.Helper()
	const first = `set -e; hostname "$1"; mount --make-rprivate /; mount -t tmpfs run /run
		mkdir -p /run/dbus /run/avahi-daemon; echo "$1" >/run/hostname; mount --bind /run/hostname /etc/hostname
		ip link set lo up; read -r pid rest </proc/self/stat; echo "$pid"; exec cat`
	p := l.start(exec.Command("unshare", "-n", "-m", "-u", "-p", "--fork", "--kill-child", "sh", "-c", first, "sh", hostname))
	return &machine{l, hostname, p.line(5 * time.Second)}
}

// host makes a machine with eth0 on the bridge.
func (l *netlab) host(hostname, cidr string) *machine {
	m := l.machine(hostname)
	m.plugIn(cidr)
	return m
}

// onlyIPv4 turns IPv6 off: at such an address a machine would be found whatever happens
// to the other.
func (m *machine) onlyIPv4() {
	m.lab.t.Helper()
	m.run("sh", "-c", "for c in all default; do echo 1 >/proc/sys/net/ipv6/conf/$c/disable_ipv6; done || true")
}

// plugIn gives the machine eth0 on the first network with an address.
func (m *machine) plugIn(cidr string) {
	m.lab.t.Helper()
	m.nic("eth0", "br0")
	m.run("ip", "addr", "add", cidr, "dev", "eth0")
}

// nic gives the machine a network card that has no address yet.
func (m *machine) nic(name, bridge string) {
	m.lab.t.Helper()
	l := m.lab
	l.sw.run("ip", "link", "add", m.port(name), "type", "veth", "peer", "name", name, "netns", m.pid)
	l.sw.run("ip", "link", "set", m.port(name), "master", bridge, "up")
	m.run("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/"+name+"/accept_dad || true")
	m.run("ip", "link", "set", name, "multicast", "on", "up")
}

// port is the other end of a card's cable.
func (m *machine) port(nic string) string { return nic + "." + m.pid }

// cable pulls the cable of a card out ("down") or puts it back in ("up").
func (m *machine) cable(nic, upOrDown string) {
	m.lab.t.Helper()
	m.lab.sw.run("ip", "link", "set", m.port(nic), upOrDown)
}

// avahi starts a system bus and avahi as Raspberry Pi OS ships them.
func (m *machine) avahi() {
	m.lab.t.Helper()
	bus, conf := filepath.Join(m.lab.dir, "bus"+m.pid), filepath.Join(m.lab.dir, "avahi"+m.pid)
	write(m.lab.t, bus, `<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen>
<auth>EXTERNAL</auth><policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_type="signal"/><allow send_requested_reply="true"/><allow receive_type="method_call"/>
<allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/></policy></busconfig>`)
	write(m.lab.t, conf, "[server]\nuse-ipv4=yes\nuse-ipv6=yes\n[publish]\npublish-hinfo=no\npublish-workstation=no\n[rlimits]\n")
	d := m.lab.start(m.command("-p", "dbus-daemon", "--config-file="+bus, "--nofork", "--nopidfile", "--print-address"))
	d.line(5 * time.Second)
	a := m.lab.start(m.command("-p", "sh", "-c", "exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f "+conf+" 2>&1"))
	for !strings.Contains(a.line(10*time.Second), "startup complete") {
	}
}

// command prepares a program on the machine; joining its processes too (-p)
// makes the program die with the machine, but hides its signals.
func (m *machine) command(args ...string) *exec.Cmd {
	ns := []string{"-t", m.pid, "-m", "-u", "-n"}
	if args[0] == "-p" {
		ns, args = append(ns, "-p"), args[1:]
	}
	return exec.Command("nsenter", append(append(ns, "--"), args...)...)
}

// run runs a program on the machine and answers what it printed.
func (m *machine) run(args ...string) string {
	m.lab.t.Helper()
	ctx, cancel := context.WithTimeout(m.lab.t.Context(), 20*time.Second)
	defer cancel()
	c := m.command(args...)
	c = exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	out, err := c.CombinedOutput()
	if err != nil {
		m.lab.t.Fatalf("%s: %s: %v\n%s", m.name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// process is a running program that ends when its standard input does.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines chan string
	ended bool

	lastLine string // of output that nobody read before it was stopped
}

func (l *netlab) start(cmd *exec.Cmd) *process {
	l.t.Helper()
	p := &process{t: l.t, cmd: cmd, lines: make(chan string, 4096)}
	stdin, err := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	cmd.Stderr = &logWriter{l.t, filepath.Base(cmd.Args[len(cmd.Args)-1])}
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0") // else programs take a second to end
	if err := errors.Join(err, err2, cmd.Start()); err != nil {
		l.t.Fatal(err)
	}
	p.stdin = stdin
	go func() {
		defer close(p.lines)
		s := bufio.NewScanner(stdout)
		for s.Buffer(nil, 8<<20); s.Scan(); {
			p.lines <- s.Text()
		}
	}()
	l.procs = append(l.procs, p)
	return p
}

// line waits for the next line of output.
func (p *process) line(limit time.Duration) string {
	p.t.Helper()
	for patience := within(limit); ; {
		select {
		case s, ok := <-p.lines:
			if !ok {
				p.t.Fatalf("%v ended", p.cmd.Args)
			}
			return s
		case <-time.After(patience.left()):
		}
		if patience.left() <= 0 {
			p.t.Fatalf("%v said nothing for %v", p.cmd.Args, allowed(limit))
		}
	}
}

// stop ends the program and answers how long that took.
func (p *process) stop() time.Duration { return p.stopWithin(2 * time.Second) }

func (p *process) stopWithin(limit time.Duration) time.Duration {
	if p.ended {
		return 0
	}
	p.ended = true
	begin := time.Now()
	_ = p.stdin.Close()
	kill := time.AfterFunc(allowed(limit), func() { _ = p.cmd.Process.Kill() }) // those that ignore their input
	defer kill.Stop()
	for line := range p.lines {
		p.lastLine = line
	}
	_ = p.cmd.Wait()
	return time.Since(begin)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// logWriter passes a program's error output on to the test's log, and fails the
// test when that tells of a data race.
type logWriter struct {
	t    *testing.T
	name string
}

func (w *logWriter) Write(b []byte) (int, error) {
	w.t.Logf("%s: %s", w.name, strings.TrimSpace(string(b)))
	if bytes.Contains(b, []byte("DATA RACE")) {
		w.t.Errorf("%s has a data race", w.name)
	}
	return len(b), nil
}
