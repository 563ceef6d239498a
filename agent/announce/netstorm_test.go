package announce

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// maxMemory is what the agent and the app may take in the worst storm, in KiB.
const maxMemory = 100 << 10

// TestStorms: a machine fills the network with garbage and invented agents. The
// real ones are found all the same, nobody grows or falls, and every machine's
// own name stays right.
func TestStorms(t *testing.T) {
	l := newPrograms(t, "curl", "avahi-daemon", "avahi-browse", "avahi-resolve", "dbus-daemon")
	storm := l.buildPlain("pigrid/agent/announce/testdata/storm")
	pi, pi2 := l.host("raspberrypi", "10.77.0.11/24"), l.host("raspberrypi", "10.77.0.12/24")
	desk, peer, bad := l.host("desk", "10.77.0.50/24"), l.host("peer", "10.77.0.60/24"), l.host("bad", "10.77.0.66/24")
	bad.run("ip", "route", "add", "224.0.0.0/4", "dev", "eth0")
	pi.avahi()
	peer.avahi()
	// names asks avahi. What it answers must be right; in a storm it may drown in
	// packets, with or without us, and not answer in time.
	names := func(when string, must bool) {
		t.Helper()
		var asking sync.WaitGroup
		defer asking.Wait()
		for _, q := range []struct {
			on         *machine
			name, want string
		}{{pi, "raspberrypi.local", "10.77.0.11"}, {peer, "raspberrypi.local", "10.77.0.11"}, {peer, "peer.local", "10.77.0.60"}} {
			asking.Go(func() {
				out, _ := q.on.command("timeout", "-s", "KILL", "6", "avahi-resolve", "-4", "-n", q.name).Output()
				got := strings.Fields(string(out))
				if len(got) == 2 && got[1] != q.want || len(got) != 2 && must {
					t.Errorf("%s: on %s %s resolves to %v, want %s", when, q.on.name, q.name, got, q.want)
				}
			})
		}
	}
	// those whose memory is looked at do not look for data races, the others do
	plain := &programs{l.netlab, l.buildPlain("pigrid/agent"), l.buildPlain("pigrid/desktop/gridapi/testdata/viewer")}
	a := plain.agent(pi, "a", "Garage", ":8080")
	v := plain.viewer(desk)
	v.tile(5*time.Second, "Garage", "live", "10.77.0.11:8080")
	names("before", true)

	s := l.start(bad.command(storm))
	s.line(time.Minute)    // now all places are taken
	late := l.viewer(desk) // starts in the storm
	l.agent(pi2, "b", "Porch", ":8081")
	v.tile(time.Minute, "Porch", "live", "10.77.0.12:8081")
	late.until(time.Minute, "both are live in the app that started in the storm", func(s appState) bool {
		return len(s.Cameras) == 2 && s.Cameras[0].State == "live" && s.Cameras[1].State == "live"
	})
	names("in the storm", false)
	for name, pid := range map[string]int{"agent": a.pid, "app": v.cmd.Process.Pid} {
		kib := memory(t, pid)
		t.Logf("the %s took %d MiB at most", name, kib>>10)
		if kib > maxMemory {
			t.Errorf("the %s took %d KiB", name, kib)
		}
	}
	if len(v.last.Cameras) != 2 {
		t.Errorf("the page shows %+v", v.last.Cameras)
	}
	s.stop()
	names("after", true)
	// avahi-browse lists what it has when it thinks that this is all
	eventually(t, 10*time.Second, "avahi-browse lists both", func() bool {
		out := peer.run("avahi-browse", "-rpt", "_http._tcp")
		return strings.Contains(out, ";10.77.0.11;8080;") && strings.Contains(out, ";10.77.0.12;8081;")
	})
	late.stop()
	v.stop()
}
