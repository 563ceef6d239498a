package announce

import (
	"encoding/json"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// programs are the agent and the app without its window. Both look for data
// races unless a test says otherwise.
type programs struct {
	*netlab
	agentPath, viewerPath string
}

func newPrograms(t *testing.T, tools ...string) *programs {
	needNetlab(t, tools...)
	l := newNetlab(t)
	return &programs{l, l.build("pigrid/agent"), l.build("pigrid/desktop/gridapi/testdata/viewer")}
}

// agent is a running agent, with its own process id.
type agent struct {
	*process
	pid int
}

// agent starts one that keeps its identity in dir. It ends with the test.
func (l *programs) agent(m *machine, dir, name, listen string, more ...string) *agent {
	l.t.Helper()
	empty := filepath.Join(l.dir, "agent.toml")
	write(l.t, empty, "")
	const wrap = `"$@" >&2 & echo $!; cat >/dev/null; kill $! 2>/dev/null; wait`
	args := append([]string{
		"sh", "-c", wrap, "agent", l.agentPath, "--source=pattern", "--config=" + empty,
		"--width=320", "--height=240", "--framerate=5", "--state-dir=" + filepath.Join(l.dir, dir), "--name=" + name, "--listen=" + listen,
	}, more...)
	p := l.start(m.command(args...))
	pid, err := strconv.Atoi(p.line(5 * time.Second))
	if err != nil {
		l.t.Fatal(err)
	}
	return &agent{p, pid}
}

// kill ends the agent without a goodbye.
func (a *agent) kill() { _ = syscall.Kill(a.pid, syscall.SIGKILL) }

// memory is the most a process had at a time, in KiB.
func memory(t *testing.T, pid int) int {
	t.Helper()
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib
}

// tile and appState are what the page is told, as far as it matters here.
type tile struct{ Key, Name, AgentName, Address, State, Reason, Detail, Access string }

type appState struct {
	Cameras   []tile
	Discovery struct {
		Running    bool
		Interfaces []string
		Problem    string
	}
	Search struct {
		Running            bool
		Done, Total, Found int
		Networks           []string
	}
	Twins struct{ Name, Shown, Other string }
}

// viewer is a running app.
type viewer struct {
	*process
	last appState
}

func (l *programs) viewer(m *machine, args ...string) *viewer {
	l.t.Helper()
	return &viewer{process: l.start(m.command(append([]string{l.viewerPath}, args...)...))}
}

// until reads what the page is told until it is so and answers how long that took.
func (v *viewer) until(limit time.Duration, what string, so func(appState) bool) time.Duration {
	v.t.Helper()
	patience := within(limit)
	for {
		select {
		case line, ok := <-v.lines:
			if !ok {
				v.t.Fatal("the app ended")
			}
			v.last = appState{}
			if err := json.Unmarshal([]byte(line), &v.last); err != nil {
				v.t.Fatal(err)
			}
			for i := range v.last.Cameras {
				if c := &v.last.Cameras[i]; c.State == "slow" { // on a busy machine
					c.State = "live"
				}
			}
			if so(v.last) {
				took := time.Since(patience.begin)
				v.t.Logf("after %v: %s", took.Round(time.Millisecond), what)
				return took
			}
		case <-time.After(patience.left()):
			if patience.left() > 0 {
				continue
			}
			shown := v.last
			shown.Cameras = shown.Cameras[:min(len(shown.Cameras), 5)]
			v.t.Fatalf("not within %v: %s; the page shows %d cameras, %+v", limit, what, len(v.last.Cameras), shown)
		}
	}
}

// tile waits for the one tile of that name to be in a state, at an address if
// one is given.
func (v *viewer) tile(limit time.Duration, name, state, address string) time.Duration {
	v.t.Helper()
	return v.until(limit, strings.TrimSpace(name+" is "+state+" "+address), func(s appState) bool {
		var found []tile
		for _, c := range s.Cameras {
			if c.Name == name {
				found = append(found, c)
			}
		}
		return len(found) == 1 && found[0].State == state && (address == "" || found[0].Address == address)
	})
}

// enter types a line as a person would do.
func (v *viewer) enter(line string) {
	v.t.Helper()
	if _, err := io.WriteString(v.stdin, line+"\n"); err != nil {
		v.t.Fatal(err)
	}
}

// status is what an agent says at an address as seen from a machine.
func (m *machine) status(addr string) (s struct {
	ID        string
	Announced []struct {
		Interface string
		Addresses []string
	}
},
) {
	m.lab.t.Helper()
	if out, err := m.command("curl", "-s", "http://"+addr+"/api/v1/status").Output(); err == nil {
		if err := json.Unmarshal(out, &s); err != nil {
			m.lab.t.Fatalf("%s: %v", out, err)
		}
	}
	return s // empty while nobody answers
}

// eventually waits until it is so.
func eventually(t *testing.T, limit time.Duration, what string, so func() bool) {
	t.Helper()
	patience := within(limit)
	for !so() {
		if patience.left() <= 0 {
			t.Fatalf("not within %v: %s", limit, what)
		}
		<-time.After(50 * time.Millisecond)
	}
	t.Logf("after %v: %s", time.Since(patience.begin).Round(time.Millisecond), what)
}

// announcedOn writes what a status says as "eth0 10.0.0.1, wlan0 10.0.0.2",
// without link-local addresses, which the kernel makes up.
func (m *machine) announcedOn(addr string) string {
	var on []string
	for _, a := range m.status(addr).Announced {
		words := a.Interface
		for _, s := range a.Addresses {
			if ip := netip.MustParseAddr(s); !ip.IsLinkLocalUnicast() {
				words += " " + s
			}
		}
		on = append(on, words)
	}
	return strings.Join(on, ", ")
}

// limits of the times below on a machine that is not busy, as the design has them.
const (
	newLimit     = 3 * time.Second // it is 1 s on a machine that does nothing else
	movedLimit   = 8 * time.Second
	offlineLimit = 5 * time.Second
	backLimit    = 4 * time.Second // 3 s, after the second in which an agent notices its cable
)
