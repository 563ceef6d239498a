package announce

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// answered is how a command about who may watch ended.
type answered struct {
	OK        bool
	Code      string
	Household string
	Opened    []struct{ ID string }
	Sheet     struct{ Key string }
}

// call runs a command of the page and returns its answer. What the page is told before
// that is read, too.
func (v *viewer) call(command string, says map[string]any) answered {
	v.t.Helper()
	body, err := json.Marshal(says)
	if err != nil {
		v.t.Fatal(err)
	}
	v.enter(command + " " + string(body))
	patience := within(15 * time.Second)
	for {
		select {
		case line, ok := <-v.lines:
			if !ok {
				v.t.Fatal("the app ended")
			}
			var a struct {
				News   *json.RawMessage // in answers only
				Access answered
			}
			if json.Unmarshal([]byte(line), &a) == nil && a.News != nil {
				return a.Access
			}
		case <-time.After(patience.left()):
			if patience.left() <= 0 {
				v.t.Fatalf("%s: no answer", command)
			}
		}
	}
}

// access waits for the one tile of that name to be in a state, and for who may watch.
func (v *viewer) access(limit time.Duration, name, state, access string) {
	v.t.Helper()
	v.until(limit, name+" is "+state+", "+access, func(s appState) bool {
		var found []tile
		for _, c := range s.Cameras {
			if c.AgentName == name {
				found = append(found, c)
			}
		}
		return len(found) == 1 && found[0].State == state && found[0].Access == access
	})
}

// TestOneHouseholdTwoApps: found by mDNS, locked by one app, opened by another with the
// household key, and followed to another address.
func TestOneHouseholdTwoApps(t *testing.T) {
	t.Parallel() // it mostly waits
	l := newPrograms(t, "curl", "avahi-daemon", "avahi-browse", "dbus-daemon")
	garage, porch := l.machine("garage"), l.machine("porch")
	garage.plugIn("10.77.0.11/24")
	porch.onlyIPv4()
	porch.plugIn("10.77.0.12/24")
	peer := l.host("peer", "10.77.0.60/24")
	peer.avahi()
	l.agent(garage, "garage", "Garage", ":8080")
	l.agent(porch, "porch", "Porch", ":8080")
	one, two := l.viewer(l.host("one", "10.77.0.50/24")), l.viewer(l.host("two", "10.77.0.51/24"))
	for _, app := range []*viewer{one, two} {
		for _, name := range []string{"Garage", "Porch"} {
			app.access(newLimit+5*time.Second, name, "live", "open")
		}
	}
	lock := one.call("lock", map[string]any{"name": "Home", "to": "phones"})
	if !lock.OK {
		t.Fatalf("lock: %+v", lock)
	}
	key := one.call("sheet", map[string]any{"household": lock.Household}).Sheet.Key
	for _, name := range []string{"Garage", "Porch"} {
		one.access(10*time.Second, name, "live", "locked")
		two.access(15*time.Second, name, "refused", "needs-key")
	}
	if joined := two.call("join", map[string]any{"text": key, "name": "Home"}); !joined.OK || len(joined.Opened) != 2 {
		t.Errorf("join: %+v", joined)
	}
	for _, name := range []string{"Garage", "Porch"} {
		two.access(10*time.Second, name, "live", "locked")
	}
	var heard string
	eventually(t, 10*time.Second, "mDNS says that both are locked", func() bool {
		heard = peer.run("avahi-browse", "-rpt", "_pigrid._tcp")
		return strings.Count(heard, "access=locked") >= 2 && !strings.Contains(heard, "access=open")
	})
	if strings.Contains(strings.ReplaceAll(heard, "-", ""), strings.ReplaceAll(key, "-", "")) {
		t.Errorf("mDNS says the household key: %s", heard)
	}
	if body := peer.run("curl", "-s", "http://10.77.0.11:8080/api/v1/status"); strings.Contains(body, "cameras") || strings.Contains(body, key) {
		t.Errorf("without a key it says %s", body)
	}
	porch.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
	porch.run("ip", "addr", "add", "10.77.0.13/24", "dev", "eth0")
	for _, app := range []*viewer{one, two} {
		app.until(movedLimit, "Porch is live at its new address", func(s appState) bool {
			for _, c := range s.Cameras {
				if c.AgentName == "Porch" {
					return c.State == "live" && c.Address == "10.77.0.13:8080" && c.Access == "locked"
				}
			}
			return false
		})
		app.stop()
	}
}
