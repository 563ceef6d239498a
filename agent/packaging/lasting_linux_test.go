package packaging

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
)

// TestItIsNeverGivenUp: systemd starts an agent that cannot start for as long as it
// cannot, and it runs as soon as what hinders it is gone.
func TestItIsNeverGivenUp(t *testing.T) {
	everyRelease(t, func(t *testing.T, m *machine) {
		// More often than systemd starts a unit by default, in 10 s.
		m.dropIn("RestartSec=100ms")
		for name, reason := range map[string]struct{ comes, goes string }{
			"somebody has the port": {
				`echo 'listen = ":8080"' >>/etc/pigrid/agent.toml; systemctl stop pigrid-agent && touch /run/empty && systemd-run --unit=other --property=Type=notify pigrid-agent --source=pattern --mdns=false --listen=:8080 --config=/run/empty --state-dir=/run/other`,
				"systemctl stop other",
			},
			"the state folder is a file": {
				"systemctl stop pigrid-agent; cd /var/lib/private; mv pigrid kept; echo >pigrid",
				"cd /var/lib/private; rm pigrid; mv kept pigrid",
			},
			"a mistake in the settings": {
				"echo 'width = \"wide\"' >>/etc/pigrid/agent.toml",
				"sed -i /wide/d /etc/pigrid/agent.toml",
			},
		} {
			m.sh(reason.comes + "; systemctl restart --no-block pigrid-agent")
			m.await("it is started 20 times, though "+name, time.Minute, func() bool { return atLeast(m.property("NRestarts"), 20) })
			m.sh(reason.goes)
			m.await("a picture, after "+name, 20*time.Second, m.seesPicture)
		}
	})
}

// atLeast reports whether a number in words is so large.
func atLeast(text string, least int) bool {
	var n int
	_, err := fmt.Sscan(text, &n)
	return err == nil && n >= least
}

// dropIn adds a line to the service's section of the unit, as people do.
func (m *machine) dropIn(line string) {
	m.t.Helper()
	const dir = "/etc/systemd/system/pigrid-agent.service.d"
	m.sh("mkdir -p " + dir + " && printf '[Service]\n%s\n' '" + line + "' >" + dir + "/$(date +%N).conf && systemctl daemon-reload")
}

// TestNetworkAndCameraComeLate: minutes after the agent has started, and without
// another start of it.
func TestNetworkAndCameraComeLate(t *testing.T) {
	everyRelease(t, func(t *testing.T, m *machine) {
		m.dropIn("Environment=" + fakecam.FaultEnv + "=/etc/fault")
		m.sh("echo " + string(fakecam.NoCamera) + " >/etc/fault")
		m.reboot()
		m.await("it says that there is no camera", 30*time.Second, func() bool {
			said, err := m.try("pigrid-agent", "status")
			return err != nil && strings.Contains(said, "No camera was found.")
		})
		if on := m.announced(); on != "lo" {
			t.Errorf("without a network it is announced on %q", on)
		}
		started := m.property("ExecMainStartTimestampMonotonic")
		// After a minute in which nothing changes the agent looks less often.
		m.await("70 seconds pass", 2*time.Minute, func() bool { _, err := m.try("sleep", "70"); return err == nil })

		here := m.network()
		m.await("it is announced on the network", 20*time.Second, func() bool { return m.announced() == "host0" })
		m.sh("rm /etc/fault && touch /dev/media0") // as the camera's driver does
		m.await("a picture for who is on the network", 20*time.Second, func() bool { return seesPictureFrom(here, piAddress) })
		if m.property("ExecMainStartTimestampMonotonic") != started {
			t.Error("it was started again")
		}
		m.sh("ip addr flush dev host0 && ip addr add " + nobodys + "/24 dev host0")
		m.await("a picture at its next address", 20*time.Second, func() bool { return seesPictureFrom(here, nobodys) })
	})
}

// TestItsOnlyAddressComesLate: an agent that shall listen on one address does so
// when the machine has it.
func TestItsOnlyAddressComesLate(t *testing.T) {
	everyRelease(t, func(t *testing.T, m *machine) {
		m.sh(`echo 'listen = "` + piAddress + `:8080"' >>/etc/pigrid/agent.toml`)
		m.reboot()
		m.await("it is started again and again", time.Minute, func() bool { return atLeast(m.property("NRestarts"), 4) })
		here := m.network()
		m.await("a picture", 20*time.Second, func() bool { return seesPictureFrom(here, piAddress) })
	})
}

// announced lists the interfaces that an agent says it is announced on.
func (m *machine) announced() string {
	var status struct{ Announced []struct{ Interface string } }
	out, err := m.try("curl", "--silent", "--max-time", "8", "http://localhost:8080/api/v1/status")
	if err != nil || json.Unmarshal([]byte(out), &status) != nil {
		return "nothing: " + out
	}
	var on []string
	for _, a := range status.Announced {
		on = append(on, a.Interface)
	}
	return strings.Join(on, " ")
}

// seesPictureFrom reports whether an agent at an address gives a picture to who is
// in a network namespace.
func seesPictureFrom(network, address string) bool {
	out, err := exec.Command("nsenter", "--net="+network, "curl", "--silent", "--fail", "--max-time", "8", "http://"+address+":8080/snapshot.jpg").Output()
	return err == nil && strings.HasPrefix(string(out), "\xff\xd8")
}

// TestFullCard: also after a reboot there are pictures, and words about the card;
// nothing half is written, and all is well when there is room again.
func TestFullCard(t *testing.T) {
	everyRelease(t, func(t *testing.T, m *machine) {
		const state = "/var/lib/private/pigrid"
		m.sh("systemctl stop pigrid-agent; rm -f " + state + "/cameras.json")
		files := func() string { return m.sh("cd " + state + " && find . -type f -exec sha256sum {} + | sort") }
		whole := files()
		m.fill()
		if out, err := m.try("sh", "-c", "head -c 1M /dev/zero >/root/ballast"); err == nil {
			t.Fatalf("the card is not full: %s", out)
		}
		m.reboot()
		m.await("a picture", 20*time.Second, m.seesPicture)
		if status := m.run("pigrid-agent", "status"); !strings.Contains(status, "There is no room left to save the ids of cameras in /var/lib/pigrid") || !strings.Contains(status, "df -h") {
			t.Errorf("it says of itself: %s", status)
		}
		if log := m.journal(); !strings.Contains(log, "no room left") {
			t.Errorf("it logs: %s", log)
		}
		if left := files(); left != whole {
			t.Errorf("half written: %s, not %s", left, whole)
		}
		m.resize("2g")
		m.await("the ids of cameras are kept", 90*time.Second, func() bool {
			out, err := m.try("cat", state+"/cameras.json")
			return err == nil && json.Valid([]byte(out)) && strings.Contains(out, `"imx708"`)
		})
		m.await("it logs so", 5*time.Second, func() bool { return strings.Contains(m.journal(), "the camera ids have been saved") })
	})
}

// TestReadOnlyCard: the kernel lets nobody write to a card that breaks. There are
// pictures, and cameras have the ids that they had.
func TestReadOnlyCard(t *testing.T) {
	everyRelease(t, func(t *testing.T, m *machine) {
		if !m.seesPicture() {
			t.Fatal(m.journal())
		}
		m.sh(`systemctl stop pigrid-agent; sed -i 's/"imx708"/"door"/' /var/lib/private/pigrid/cameras.json`)
		m.sh("mount --bind /var/lib /var/lib && mount -o remount,bind,ro /var/lib && ! touch /var/lib/file && systemctl start pigrid-agent")
		m.await("a picture", 20*time.Second, m.seesPicture)
		if status := m.sh("curl --silent http://localhost:8080/api/v1/status"); !strings.Contains(status, `"id":"door"`) {
			t.Errorf("the camera has another id: %s", status)
		}
	})
}

// fill leaves no room on the machine's card, which is the file system of what has
// changed since its first start.
func (m *machine) fill() {
	m.t.Helper()
	m.sh("sync; rm -f /root/ballast")
	var card syscall.Statfs_t
	if err := syscall.Statfs(m.work, &card); err != nil {
		m.t.Fatal(err)
	}
	m.resize(fmt.Sprint((card.Blocks - card.Bfree) * uint64(card.Bsize)))
}

// resize gives the card another size.
func (m *machine) resize(size string) {
	m.t.Helper()
	if err := syscall.Mount("tmpfs", m.work, "tmpfs", syscall.MS_REMOUNT, "size="+size); err != nil {
		m.t.Fatal(err)
	}
}
