package announce

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTheAppFollowsTheNetwork: one agent, one app, and everything that may
// happen to the cables between them. There is one tile all the time.
func TestTheAppFollowsTheNetwork(t *testing.T) {
	t.Parallel() // it mostly waits
	l := newPrograms(t, "curl", "avahi-daemon", "avahi-resolve", "dbus-daemon")
	pi, desk, peer := l.machine("raspberrypi"), l.host("desk", "10.77.0.50/24"), l.host("peer", "10.77.0.60/24")
	pi.onlyIPv4()
	pi.plugIn("10.77.0.11/24")
	pi.avahi()
	peer.avahi()
	ownName := func(want string) {
		t.Helper()
		if got := strings.Fields(peer.run("avahi-resolve", "-4", "-n", "raspberrypi.local")); len(got) != 2 || got[1] != want {
			t.Errorf("raspberrypi.local resolves to %v, want %s", got, want)
		}
	}
	v := l.viewer(desk)
	v.until(5*time.Second, "the app searches", func(s appState) bool { return s.Discovery.Running })
	const name = `Küche "\links"`
	a := l.agent(pi, "pi", name, ":8080")
	eventually(t, 5*time.Second, "the agent is announced", func() bool { return pi.announcedOn("127.0.0.1:8080") == "eth0 10.77.0.11" })
	v.tile(newLimit, name, "live", "10.77.0.11:8080")
	ownName("10.77.0.11")

	t.Run("a new address", func(t *testing.T) {
		pi.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
		pi.run("ip", "addr", "add", "10.77.0.12/24", "dev", "eth0")
		v.tile(movedLimit, name, "live", "10.77.0.12:8080")
		ownName("10.77.0.12")
	})

	t.Run("its cable is pulled and put back", func(t *testing.T) {
		pi.cable("eth0", "down")
		v.tile(offlineLimit, name, "offline", "")
		eventually(t, 10*time.Second, "the agent knows", func() bool { return !strings.Contains(pi.announcedOn("127.0.0.1:8080"), "eth0") })
		pi.cable("eth0", "up")
		v.tile(backLimit, name, "live", "")
	})

	t.Run("our cable is pulled and put back", func(t *testing.T) {
		desk.cable("eth0", "down")
		v.tile(offlineLimit, name, "offline", "")
		v.until(5*time.Second, "the search knows", func(s appState) bool { return !strings.Contains(strings.Join(s.Discovery.Interfaces, " "), "eth0") })
		desk.cable("eth0", "up")
		v.tile(backLimit, name, "live", "")
	})

	t.Run("killed and started on another port", func(t *testing.T) {
		a.kill()
		v.tile(offlineLimit, name, "offline", "")
		a = l.agent(pi, "pi", name, ":8085")
		v.tile(movedLimit, name, "live", "10.77.0.12:8085")
	})

	t.Run("killed, and on another port at once", func(t *testing.T) {
		a.kill()
		a = l.agent(pi, "pi", name, ":8086")
		v.tile(movedLimit, name, "live", "10.77.0.12:8086")
	})

	t.Run("another card in the place of the first", func(t *testing.T) {
		pi.run("ip", "link", "del", "eth0")
		v.tile(offlineLimit, name, "offline", "")
		pi.nic("eth0", "br0")
		pi.run("ip", "addr", "add", "10.77.0.13/24", "dev", "eth0")
		v.tile(movedLimit, name, "live", "10.77.0.13:8086")
		ownName("10.77.0.13")
	})

	t.Run("we move to another network", func(t *testing.T) {
		pi.nic("eth1", "br1")
		pi.run("ip", "addr", "add", "10.88.0.13/24", "dev", "eth1")
		desk.run("ip", "link", "del", "eth0")
		v.tile(offlineLimit, name, "offline", "")
		desk.nic("wlan0", "br1")
		desk.run("ip", "addr", "add", "10.88.0.50/24", "dev", "wlan0")
		v.tile(movedLimit, name, "live", "10.88.0.13:8086")
	})
	a.stop()
	ownName("10.77.0.13")
	if len(v.last.Cameras) != 1 {
		t.Errorf("the page shows %+v", v.last.Cameras)
	}
	v.stop()
}

// TestNetworksOfAHost: many cards, not all of which lead to other machines, and
// addresses that come late.
func TestNetworksOfAHost(t *testing.T) {
	t.Parallel() // it mostly waits
	l := newPrograms(t, "curl")
	pi, desk := l.machine("raspberrypi"), l.host("desk", "10.77.0.50/24")
	for _, m := range []*machine{pi, desk} {
		m.run("ip", "link", "add", "docker0", "type", "bridge")
		m.run("ip", "addr", "add", "172.17.0.1/16", "dev", "docker0")
		m.run("ip", "link", "set", "docker0", "up")
		m.run("ip", "link", "add", "veth7", "type", "veth", "peer", "name", "veth8")
		m.run("ip", "link", "set", "veth7", "master", "docker0", "up")
		m.run("ip", "link", "set", "veth8", "up")
		m.run("ip", "tuntap", "add", "dev", "tun0", "mode", "tun")
		m.run("ip", "addr", "add", "10.8.0.2", "peer", "10.8.0.1", "dev", "tun0")
		m.run("ip", "link", "set", "tun0", "up")
	}
	v := l.viewer(desk)
	v.until(5*time.Second, "the app searches on its network only", func(s appState) bool {
		return strings.Join(s.Discovery.Interfaces, ", ") == "eth0 10.77.0.50/24"
	})
	l.agent(pi, "pi", "Garage", ":8080")
	eventually(t, 5*time.Second, "it is announced to its own machine", func() bool { return pi.announcedOn("127.0.0.1:8080") == "lo 127.0.0.1" })

	pi.nic("eth0", "br0") // no address yet: DHCP takes its time
	eventually(t, 10*time.Second, "announced with the address that the kernel makes", func() bool { return pi.announcedOn("127.0.0.1:8080") == "eth0" })
	pi.run("ip", "addr", "add", "10.77.0.11/24", "dev", "eth0")
	v.tile(movedLimit, "Garage", "live", "10.77.0.11:8080")
	eventually(t, 10*time.Second, "announced with it", func() bool { return pi.announcedOn("127.0.0.1:8080") == "eth0 10.77.0.11" })

	// two more cards: one leads elsewhere, one has an address that nobody reaches
	pi.nic("eth1", "br1")
	pi.run("ip", "addr", "add", "10.88.0.11/24", "dev", "eth1")
	pi.nic("eth2", "br0")
	pi.run("ip", "addr", "add", "192.168.99.9/24", "dev", "eth2")
	eventually(t, 10*time.Second, "announced on all three", func() bool {
		return pi.announcedOn("127.0.0.1:8080") == "eth0 10.77.0.11, eth1 10.88.0.11, eth2 192.168.99.9"
	})
	v.until(5*time.Second, "another picture", func(appState) bool { return true })
	v.tile(movedLimit, "Garage", "live", "10.77.0.11:8080")
	v.stop()

	// an app that starts now hears first of an address that swallows what is sent to it
	pi.run("ip", "link", "del", "eth2")
	pi.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
	pi.run("ip", "addr", "add", "10.77.0.9/24", "dev", "eth0")
	pi.run("ip", "addr", "add", "10.77.0.11/24", "dev", "eth0")
	desk.run("ip", "neigh", "replace", "10.77.0.9", "lladdr", "02:00:00:00:00:09", "dev", "eth0", "nud", "permanent")
	eventually(t, 10*time.Second, "announced with both", func() bool {
		return pi.announcedOn("127.0.0.1:8080") == "eth0 10.77.0.9 10.77.0.11, eth1 10.88.0.11"
	})
	v = l.viewer(desk)
	v.tile(newLimit, "Garage", "live", "10.77.0.11:8080")
	v.stop()
}

// TestNetworkWithoutMulticast: nobody is heard of there; a person searches, or
// types an address.
func TestNetworkWithoutMulticast(t *testing.T) {
	t.Parallel() // it mostly waits
	l := newPrograms(t, "curl")
	pi, two, desk := l.host("raspberrypi", "10.77.0.11/24"), l.host("two", "10.77.0.222/24"), l.host("desk", "10.77.0.50/16")
	far := l.host("far", "10.77.9.9/16") // not among the 254 addresses around ours
	for _, m := range []*machine{pi, two, desk, far} {
		m.run("ip", "link", "set", "eth0", "multicast", "off")
	}
	l.agent(pi, "pi", "Garage", ":8080")
	l.agent(two, "shop", "Shop", ":8080", "--allow-from=10.77.0.0/16")
	l.agent(two, "barn", "Barn", ":8085", "--allow-from=10.77.0.0/16") // on a port that no search asks
	a := l.agent(far, "far", "Far", ":8080")
	for _, m := range []struct {
		on   *machine
		addr string
	}{{pi, "8080"}, {two, "8080"}, {two, "8085"}, {far, "8080"}} {
		eventually(t, 10*time.Second, m.on.name+" answers", func() bool { return m.on.status("127.0.0.1:"+m.addr).ID != "" })
	}
	v := l.viewer(desk)
	v.until(5*time.Second, "the app is there", func(s appState) bool { return len(s.Cameras) == 0 })
	v.enter("search")
	v.until(10*time.Second, "it searches", func(s appState) bool { return s.Search.Running })
	v.until(30*time.Second, "the search is over", func(s appState) bool { return !s.Search.Running })
	if s := v.last.Search; s.Found != 2 || s.Done != 254 || strings.Join(s.Networks, " ") != "10.77.0.0/24" {
		t.Errorf("searched %+v", s)
	}
	v.tile(5*time.Second, "Garage", "live", "10.77.0.11:8080")
	v.tile(5*time.Second, "Shop", "live", "10.77.0.222:8080")
	v.enter("10.77.9.9")
	v.tile(10*time.Second, "Far", "live", "10.77.9.9:8080")
	v.enter("10.77.0.222:8085")
	v.tile(10*time.Second, "Barn", "live", "10.77.0.222:8085")
	a.kill()
	v.tile(offlineLimit, "Far", "offline", "")
	l.agent(far, "far", "Far", ":8080")
	v.tile(movedLimit, "Far", "live", "") // at its last address, which nobody announces
	v.stop()
}

// TestAgentsThatAreAlike: two cards with the name of a fresh system, two agents
// with one friendly name, and two with one identity, because a card was copied.
func TestAgentsThatAreAlike(t *testing.T) {
	t.Parallel() // it mostly waits
	l := newPrograms(t, "curl", "cp")
	one, two := l.host("raspberrypi", "10.77.0.11/24"), l.host("raspberrypi", "10.77.0.12/24")
	// with the host name of the first, too, each round would hear by chance of only one of them
	three := l.host("attic", "10.77.0.13/24")
	desk := l.host("desk", "10.77.0.50/24")
	v := l.viewer(desk)
	l.agent(one, "one", "Garage", ":8080")
	l.agent(two, "two", "Garage", ":8080")
	tiles := func(want ...string) func(appState) bool {
		return func(s appState) bool {
			got := map[string]bool{}
			for _, c := range s.Cameras {
				got[c.Name+" "+c.State+" "+c.Address] = true
			}
			for _, w := range want {
				if !got[w] {
					return false
				}
			}
			return len(s.Cameras) == len(want)
		}
	}
	both := tiles("Garage live 10.77.0.11:8080", "Garage live 10.77.0.12:8080")
	v.until(5*time.Second, "two agents of one name", both)
	three.run("cp", "-r", filepath.Join(l.dir, "one"), filepath.Join(l.dir, "copy"))
	l.agent(three, "copy", "Copy", ":8080")
	v.until(20*time.Second, "the page is told of the copy", func(s appState) bool {
		return s.Twins.Name == "Garage" && s.Twins.Shown == "10.77.0.11:8080" && s.Twins.Other == "10.77.0.13:8080"
	})
	for range 10 { // seconds
		v.until(5*time.Second, "the tiles stay", func(appState) bool { return true })
		if !both(v.last) {
			t.Errorf("the page shows %+v", v.last.Cameras)
		}
	}
	v.stop()
}
