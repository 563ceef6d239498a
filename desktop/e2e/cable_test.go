//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// cable is a network of two machines: one with the cameras, one with the app.
type cable struct{ cameras, app string } // network namespaces

// newCable lays a cable; the cameras have addresses 10.77.0.1 to n.
func newCable(t *testing.T, n int) cable {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("networks of our own need root")
	}
	c := cable{fmt.Sprintf("pigrid-e2e-%d-a", os.Getpid()), fmt.Sprintf("pigrid-e2e-%d-b", os.Getpid())}
	for _, ns := range []string{c.cameras, c.app} {
		ip(t, "netns", "add", ns)
		t.Cleanup(func() { ip(t, "netns", "del", ns) })
	}
	ip(t, "link", "add", "lan0", "netns", c.cameras, "type", "veth", "peer", "name", "lan0", "netns", c.app)
	for i := range n {
		ip(t, "-n", c.cameras, "addr", "add", fmt.Sprintf("10.77.0.%d/24", i+1), "dev", "lan0")
	}
	ip(t, "-n", c.app, "addr", "add", "10.77.0.251/24", "dev", "lan0")
	for _, ns := range []string{c.cameras, c.app} {
		ip(t, "-n", ns, "link", "set", "lo", "up")
		ip(t, "-n", ns, "link", "set", "lan0", "up")
	}
	return c
}

func ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Errorf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// in is a command on one of the two machines.
func in(ns string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", ns}, args...)...)
}

// pull takes the cable out of the cameras' machine: the app's loses its carrier.
func (c cable) pull(t *testing.T) { ip(t, "-n", c.cameras, "link", "set", "lan0", "down") }

func (c cable) plug(t *testing.T) { ip(t, "-n", c.cameras, "link", "set", "lan0", "up") }

// startCameras starts a fleet on the cameras' machine and returns its agents.
func (c cable) startCameras(t *testing.T, n int) []camera {
	t.Helper()
	return c.startFleet(t, "-n", fmt.Sprint(n), "-fps", "10", "-prefix", "10.77.0.").list(t)
}

// far is a fleet on the cameras' machine, which only a program there can ask.
type far struct {
	cable
	*process
	control string // URL
}

// startFleet starts one with these flags.
func (c cable) startFleet(t *testing.T, flags ...string) far {
	t.Helper()
	cmd := in(c.cameras, append([]string{fleetProgram}, flags...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	f := far{cable: c, process: startProcess(t, cmd)}
	var said struct{ Control string }
	if err := json.NewDecoder(out).Decode(&said); err != nil {
		t.Fatal(err)
	}
	f.control = "http://" + said.Control
	return f
}

// ask asks its control.
func (f far) ask(t *testing.T, method, path string, answer any) {
	t.Helper()
	data, err := in(f.cameras, "curl", "-sS", "--fail", "--max-time", "10", "-X", method, f.control+path).Output()
	if err == nil && answer != nil {
		err = json.Unmarshal(data, answer)
	}
	if err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, data)
	}
}

func (f far) list(t *testing.T) (list []camera) {
	t.Helper()
	f.ask(t, "GET", "/agents", &list)
	return list
}

// The network dies and comes back, and all is live again at once, not when some
// long wait is over (moonfire#115). Then the app is started on a dead network.
func TestCable(t *testing.T) {
	const n = 16
	c := newCable(t, n)
	h := homeOf(t, 1280, 800, remembered(c.startCameras(t, n)))
	s := newScreen(t)
	start := func() *app {
		return startCommand(t, in(c.app, appProgram), s, h, "PIGRID_MDNS=true")
	}
	dead := func() {
		until(t, 30*time.Second, "no picture looks live", func() bool { return len(frames(t, s)) == 0 })
	}
	back := func(what string) {
		c.plug(t)
		begin := time.Now()
		s.untilWall(t, n)
		t.Logf("%s: all %d move %v after the cable was in", what, n, time.Since(begin).Round(10*time.Millisecond))
	}
	a := start()
	s.untilWall(t, n)
	for _, out := range []time.Duration{0, 10 * time.Second} {
		c.pull(t)
		dead()
		time.Sleep(out) // for the waits between two attempts to grow
		back(fmt.Sprintf("out for %v more", out))
	}
	c.pull(t)
	a.interrupt(t, 5*time.Second)
	start()
	until(t, 30*time.Second, "the app has a window", func() bool {
		return s.xdotoolFinds("^PiGrid$")
	})
	dead()
	back("started without a network")
}

// xdotoolFinds reports whether a window with this name is visible.
func (s *screen) xdotoolFinds(name string) bool {
	cmd := exec.Command("xdotool", "search", "--onlyvisible", "--name", name)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
	return cmd.Run() == nil
}
