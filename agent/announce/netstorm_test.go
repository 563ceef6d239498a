package announce

import (
	"strconv"
	"strings"
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
	storm := l.build("pigrid/agent/announce/testdata/storm")
	pi, pi2 := l.host("raspberrypi", "10.77.0.11/24"), l.host("raspberrypi", "10.77.0.12/24")
	desk, peer, bad := l.host("desk", "10.77.0.50/24"), l.host("peer", "10.77.0.60/24"), l.host("bad", "10.77.0.66/24")
	bad.run("ip", "route", "add", "224.0.0.0/4", "dev", "eth0")
	pi.avahi()
	peer.avahi()
	// names asks avahi. What it answers must be right; in a storm it may drown in
	// packets, with or without us, and not answer in time.
	names := func(when string, must bool) {
		t.Helper()
		for _, q := range []struct {
			on         *machine
			name, want string
		}{{pi, "raspberrypi.local", "10.77.0.11"}, {peer, "raspberrypi.local", "10.77.0.11"}, {peer, "peer.local", "10.77.0.60"}} {
			out, _ := q.on.command("timeout", "6", "avahi-resolve", "-4", "-n", q.name).Output()
			got := strings.Fields(string(out))
			if len(got) == 2 && got[1] != q.want || len(got) != 2 && must {
				t.Errorf("%s: on %s %s resolves to %v, want %s", when, q.on.name, q.name, got, q.want)
			}
		}
	}
	a := l.agent(pi, "a", "Garage", ":8080")
	v := l.viewer(desk)
	v.tile(5*time.Second, "Garage", "live", "10.77.0.11:8080")
	names("before", true)

	s := l.start(bad.command(storm))
	s.line(time.Minute)    // now all places are taken
	late := l.viewer(desk) // starts in the storm
	b := l.agent(pi2, "b", "Porch", ":8081")
	v.tile(time.Minute, "Porch", "live", "10.77.0.12:8081")
	late.until(time.Minute, "both are live in the app that started in the storm", func(s appState) bool {
		return len(s.Cameras) == 2 && s.Cameras[0].State == "live" && s.Cameras[1].State == "live"
	})
	names("in the storm", false)
	for name, pid := range map[string]int{"agent": a.pid, "second agent": b.pid, "app": v.cmd.Process.Pid, "second app": late.cmd.Process.Pid} {
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
	out := peer.run("avahi-browse", "-rpt", "_http._tcp")
	for _, want := range []string{";10.77.0.11;8080;", ";10.77.0.12;8081;"} {
		if !strings.Contains(out, want) {
			t.Errorf("avahi-browse lacks %s:\n%s", want, out)
		}
	}
	late.stop()
	v.stop()
}

// TestTwoHundredAgents: ten machines of twenty agents each, one app. The aim is
// five seconds for those that were there before; the log says what it took.
func TestTwoHundredAgents(t *testing.T) {
	l := newPrograms(t)
	crowd := l.build("pigrid/agent/announce/testdata/crowd")
	desk := l.host("desk", "10.77.0.50/24")
	var crowds []*process
	for i := range 10 {
		m := l.host("pi"+strconv.Itoa(i), "10.77.0."+strconv.Itoa(100+i)+"/24")
		crowds = append(crowds, l.start(m.command(crowd, strconv.Itoa(i), "20")))
	}
	all := func(s appState) bool { return len(s.Cameras) == 200 }
	v := l.viewer(desk, "-page=false")
	v.until(time.Minute, "200 agents, started together with the app", all)
	v.stop()
	v = l.viewer(desk, "-page=false")
	v.until(time.Minute, "200 agents that were there before", all)
	v.stop()
	for _, c := range crowds {
		_ = c.stdin.Close()
	}
}
