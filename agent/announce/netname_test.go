package announce

import (
	"testing"
	"time"
)

// TestAddedByName: a person types raspberrypi.local for an agent that announces
// nothing, on a machine whose system does not know such names. The name is
// avahi's, and leads to the agent also after it has moved.
func TestAddedByName(t *testing.T) {
	t.Parallel() // it mostly waits
	l := newPrograms(t, "curl", "avahi-daemon", "dbus-daemon")
	pi, desk := l.host("raspberrypi", "10.77.0.11/24"), l.host("desk", "10.77.0.50/24")
	pi.avahi()
	l.agent(pi, "pi", "Garage", ":8080", "--mdns=false")
	eventually(t, 5*time.Second, "the agent answers", func() bool { return pi.status("127.0.0.1:8080").ID != "" })
	v := l.viewer(desk)
	v.enter("raspberrypi.local")
	v.tile(movedLimit, "Garage", "live", "")

	pi.cable("eth0", "down")
	v.tile(offlineLimit, "Garage", "offline", "")
	pi.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
	pi.run("ip", "addr", "add", "10.77.0.12/24", "dev", "eth0")
	pi.cable("eth0", "up")
	v.tile(2*movedLimit, "Garage", "live", "") // when it is asked the next time
	v.stop()
}
