package announce

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pigrid/shared/dnssd"
)

// ids of the agents in the network tests.
const (
	idA = "aaaaaaaa-77de-4b0f-9d0c-5a1be8c7f203"
	idB = "bbbbbbbb-77de-4b0f-9d0c-5a1be8c7f203"
	idC = "cccccccc-77de-4b0f-9d0c-5a1be8c7f203"
	idD = "dddddddd-77de-4b0f-9d0c-5a1be8c7f203"
	idE = "eeeeeeee-77de-4b0f-9d0c-5a1be8c7f203"
)

// sighting waits for one that fits and answers how long that took.
func (p *process) sighting(limit time.Duration, fits func(dnssd.Sighting) bool) (dnssd.Sighting, time.Duration) {
	p.t.Helper()
	patience := within(limit)
	for patience.left() > 0 {
		var s dnssd.Sighting
		if err := json.Unmarshal([]byte(p.line(limit)), &s); err != nil {
			p.t.Fatal(err)
		}
		if fits(s) {
			return s, time.Since(patience.begin)
		}
	}
	p.t.Fatalf("nothing fits within %v", limit)
	return dnssd.Sighting{}, 0
}

func is(id, addr string) func(dnssd.Sighting) bool {
	return func(s dnssd.Sighting) bool { return s.ID == id && s.Addrs[0] == netip.MustParseAddr(addr) }
}

// lists reports whether avahi-browse has an instance at a place. In between
// stands the kind of service, for which avahi has names of its own.
func lists(out, instance, place string) bool {
	_, rest, found := strings.Cut(out, "\n=;eth0;IPv4;"+instance+";")
	_, rest, domain := strings.Cut(rest, ";local;")
	return found && domain && strings.HasPrefix(rest, place)
}

// TestOnALoneMachine: an agent and the app on one machine without any network
// find each other over loopback.
func TestOnALoneMachine(t *testing.T) {
	t.Parallel() // it mostly waits
	needNetlab(t)
	l := newNetlab(t)
	announcer, seeker := l.build("pigrid/agent/announce/testdata/announcer"), l.build("pigrid/desktop/discovery/testdata/seeker")
	m := l.machine("laptop")
	a := l.start(m.command(announcer, idA, "desk", "8080"))
	s := l.start(m.command(seeker))
	got, took := s.sighting(5*time.Second, is(idA, "127.0.0.1"))
	t.Logf("found after %v: %+v", took, got)
	if len(got.Addrs) != 1 || got.Port != 8080 || got.Host != "laptop.local" {
		t.Errorf("found %+v", got)
	}
	if d := a.stop(); d > allowed(time.Second) {
		t.Errorf("the goodbye took %v", d)
	}
}

// TestOnALAN: two Pis that share the name of a fresh card, one of them with
// avahi, an app and an independent avahi peer.
func TestOnALAN(t *testing.T) {
	t.Parallel() // it mostly waits
	needNetlab(t, "avahi-daemon", "avahi-browse", "avahi-resolve", "dbus-daemon")
	l := newNetlab(t)
	announcer, seeker := l.build("pigrid/agent/announce/testdata/announcer"), l.build("pigrid/desktop/discovery/testdata/seeker")
	pi1, pi2 := l.host("raspberrypi", "10.77.0.11/24"), l.host("raspberrypi", "10.77.0.12/24")
	desk, peer := l.host("desk", "10.77.0.50/24"), l.host("peer", "10.77.0.60/24")
	pi1.avahi()
	peer.avahi()
	ownNames := func(when string) {
		t.Helper()
		for name, want := range map[string]string{"raspberrypi.local": "10.77.0.11", "peer.local": "10.77.0.60"} {
			if got := strings.Fields(peer.run("avahi-resolve", "-4", "-n", name)); len(got) != 2 || got[1] != want {
				t.Errorf("%s: %s resolves to %v, want %s", when, name, got, want)
			}
		}
	}
	ownNames("before")

	a := l.start(pi1.command(announcer, idA, `Küche "\links"`, "8080"))
	b := l.start(pi2.command(announcer, idB, "", "8081"))
	quiet := l.machine("quiet")
	quiet.nic("eth0", "br1")
	quiet.run("ip", "addr", "add", "10.88.0.11/24", "dev", "eth0")
	e := l.start(quiet.command(announcer, idE, "", "8084"))
	begin := time.Now()
	s := l.start(desk.command(seeker))
	want := map[string]string{idA: "10.77.0.11", idB: "10.77.0.12"}
	for len(want) > 0 {
		got, _ := s.sighting(5*time.Second, func(s dnssd.Sighting) bool { return want[s.ID] != "" })
		t.Logf("%s found %v after the start of the app", got.Instance, time.Since(begin))
		if got.Addrs[0].String() != want[got.ID] || got.Addrs[len(got.Addrs)-1].Zone() != "eth0" {
			t.Errorf("addresses %v, want %s first and a zone on the last", got.Addrs, want[got.ID])
		}
		if got.ID == idA && (got.Name != `Küche "\links"` || got.Port != 8080 || got.Host != "raspberrypi.local") {
			t.Errorf("got %+v", got)
		}
		delete(want, got.ID)
	}
	if d := time.Since(begin); d > allowed(2*time.Second) {
		t.Errorf("two agents found after %v", d)
	}

	t.Run("an agent on the app's own machine", func(t *testing.T) {
		begin := time.Now()
		c := l.start(desk.command(announcer, idC, "", "8082"))
		s.sighting(5*time.Second, is(idC, "10.77.0.50"))
		t.Logf("found %v after its start", time.Since(begin))
		c.stop()
	})

	t.Run("an agent that started before its network", func(t *testing.T) {
		pi := l.machine("late")
		d := l.start(pi.command(announcer, idD, "", "8083"))
		begin := time.Now()
		pi.plugIn("10.77.0.14/24")
		s.sighting(15*time.Second, is(idD, "10.77.0.14"))
		t.Logf("found %v after the cable", time.Since(begin))
		d.stop()
	})

	t.Run("for others", func(t *testing.T) {
		ownNames("while announced") // before anything that ends the test
		for _, kind := range []string{dnssd.Service, "_http._tcp"} {
			// avahi-browse lists what it has when it thinks that this is all
			eventually(t, 10*time.Second, "avahi-browse lists both as "+kind, func() bool {
				out := peer.run("avahi-browse", "-rpt", kind)
				return lists(out, "raspberrypi-aaaaaaaa", "pigrid-aaaaaaaa.local;10.77.0.11;8080;") &&
					lists(out, "raspberrypi-bbbbbbbb", "pigrid-bbbbbbbb.local;10.77.0.12;8081;")
			})
		}
		for name, want := range map[string]string{"pigrid-aaaaaaaa.local": "10.77.0.11", "pigrid-bbbbbbbb.local": "10.77.0.12"} {
			if got := strings.Fields(peer.run("avahi-resolve", "-4", "-n", name)); len(got) != 2 || got[1] != want {
				t.Errorf("%s resolves to %v, want %s", name, got, want)
			}
		}
		ownNames("while others ask")
	})

	// while nothing else changes: what else is announced again carries the name too
	t.Run("a new host name", func(t *testing.T) {
		begin := time.Now()
		pi2.run("hostname", "garden")
		got, _ := s.sighting(15*time.Second, func(s dnssd.Sighting) bool { return s.ID == idB && s.Instance == "garden-bbbbbbbb" })
		t.Logf("followed after %v", time.Since(begin))
		if got.Name != "garden" || got.Host != "garden.local" || got.Addrs[0].String() != "10.77.0.12" {
			t.Errorf("got %+v", got)
		}
		ownNames("after a new host name")
	})

	t.Run("a new address", func(t *testing.T) {
		begin := time.Now()
		pi2.run("ip", "addr", "add", "10.77.0.112/24", "dev", "eth0")
		pi2.run("ip", "addr", "del", "10.77.0.12/24", "dev", "eth0")
		pi2.run("sh", "-c", "ip addr show dev eth0 | grep -q 10.77.0.112 || ip addr add 10.77.0.112/24 dev eth0")
		s.sighting(15*time.Second, is(idB, "10.77.0.112"))
		t.Logf("followed after %v", time.Since(begin))
	})

	t.Run("for who only has the name", func(t *testing.T) {
		// and was not there when it was announced, where nobody else asks
		cold := l.machine("cold")
		cold.nic("eth0", "br1")
		cold.run("ip", "addr", "add", "10.88.0.70/24", "dev", "eth0")
		cold.avahi()
		if got := strings.Fields(cold.run("timeout", "10", "avahi-resolve", "-4", "-n", "pigrid-eeeeeeee.local")); len(got) != 2 || got[1] != "10.88.0.11" {
			t.Errorf("pigrid-eeeeeeee.local resolves to %v", got)
		}
		e.stop()
	})

	t.Run("goodbye", func(t *testing.T) {
		w := l.start(peer.command("avahi-browse", "-p", dnssd.Service))
		for !strings.HasPrefix(w.line(5*time.Second), "+;eth0;IPv4;raspberrypi-aaaaaaaa;") {
		}
		if d := a.stop(); d > allowed(500*time.Millisecond) {
			t.Errorf("the agent took %v to end", d)
		}
		begin := time.Now()
		for !strings.HasPrefix(w.line(5*time.Second), "-;eth0;IPv4;raspberrypi-aaaaaaaa;") {
		}
		t.Logf("gone from avahi after %v", time.Since(begin))
		_ = w.cmd.Process.Kill()
		ownNames("after the goodbye")
		if out := peer.run("avahi-browse", "-rpt", dnssd.Service); strings.Contains(out, "aaaaaaaa") || !strings.Contains(out, "10.77.0.112") {
			t.Errorf("avahi-browse:\n%s", out)
		}
		b.stop()
	})
	s.stop()
}
