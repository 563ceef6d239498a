package packaging

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// releases of Debian, of which the Raspberry Pi OS of the same name is made.
var releases = []string{"bookworm", "trixie"}

// everyRelease runs a test on each release, with the package installed.
func everyRelease(t *testing.T, test func(t *testing.T, m *machine)) {
	t.Helper()
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			m := boot(t, release)
			m.install()
			test(t, m)
		})
	}
}

// TestInstall: installing is all there is to do, and removing leaves nothing.
func TestInstall(t *testing.T) {
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			m := boot(t, release)
			if said := m.install(); !strings.Contains(said, "Open http://pi.local:8080/") {
				t.Errorf("it does not say where: %s", said)
			}
			if !m.seesPicture() {
				t.Errorf("no picture: %s", m.journal())
			}
			if exposed := m.sh("systemd-analyze security pigrid-agent | tail -1"); !strings.Contains(exposed, ": 1.") && !strings.Contains(exposed, ": 2.0") {
				t.Error(exposed)
			}
			if status := m.run("pigrid-agent", "status"); !strings.Contains(status, "Open http://pi.local:8080/") || !strings.Contains(status, "imx708") {
				t.Errorf("it says of itself: %s", status)
			}
			if said, err := m.try("runuser", "-u", "nobody", "--", "pigrid-agent", "status"); err == nil || !strings.Contains(said, "sudo pigrid-agent status") {
				t.Errorf("another user is told: %s", said)
			}
			m.run("dpkg", "--remove", "pigrid-agent")
			if out, err := m.try("curl", "--silent", "--max-time", "3", "http://localhost:8080/"); err == nil {
				t.Errorf("it answers after it was removed: %s", out)
			}
			if _, err := m.try("test", "-e", "/etc/pigrid/agent.toml"); err != nil {
				t.Error("removing has removed the settings, which only purging may")
			}
			m.run("dpkg", "--purge", "pigrid-agent")
			if left := m.sh("find / -xdev -ipath '*pigrid*' -not -path '/proc/*' -not -path '/root/*' -not -path '/var/log/*' -not -path '/var/lib/dpkg/*' -not -path '/sys/*'"); left != "" {
				t.Errorf("purging leaves %s", left)
			}
		})
	}
}

// TestUpgrade keeps the settings and the camera ids, and what somebody has
// switched off stays off.
func TestUpgrade(t *testing.T) {
	everyRelease(t, func(t *testing.T, m *machine) {
		m.sh(`echo 'name = "Garden"' >>/etc/pigrid/agent.toml`)
		if !m.seesPicture() {
			t.Fatal(m.journal())
		}
		before := m.sh("cat /var/lib/private/pigrid/cameras.json")
		started := m.property("ExecMainStartTimestampMonotonic")
		m.install()
		if m.property("ExecMainStartTimestampMonotonic") == started {
			t.Error("the old agent runs on")
		}
		if after := m.sh("cat /var/lib/private/pigrid/cameras.json"); after != before {
			t.Errorf("camera ids were %s, are %s", before, after)
		}
		if status := m.sh("curl --silent http://localhost:8080/api/v1/status"); !strings.Contains(status, `"name":"Garden"`) {
			t.Errorf("the settings are lost: %s", status)
		}
		m.run("systemctl", "disable", "--now", "pigrid-agent")
		m.install()
		if state, _ := m.try("systemctl", "is-enabled", "pigrid-agent"); state != "disabled" {
			t.Errorf("it was disabled, and is %s", state)
		}
		m.run("systemctl", "mask", "pigrid-agent")
		m.install()
		if state, _ := m.try("systemctl", "is-enabled", "pigrid-agent"); state != "masked" {
			t.Errorf("it was masked, and is %s", state)
		}
	})
}

// TestReboot: the agent comes back after a reboot and after a power cut, also
// one that cut what it was writing.
func TestReboot(t *testing.T) {
	everyRelease(t, func(t *testing.T, m *machine) {
		if !m.seesPicture() {
			t.Fatal(m.journal())
		}
		m.reboot()
		m.await("a picture after a reboot", 20*time.Second, m.seesPicture)
		for name, damage := range map[string]string{
			"empty":   ": >cameras.json",
			"half":    "head -c 20 cameras.json >half; mv half cameras.json",
			"missing": "rm cameras.json",
			"garbage": "head -c 4096 /dev/urandom >cameras.json",
		} {
			m.sh("cd /var/lib/private/pigrid && " + damage)
			m.cutPower()
			m.start()
			m.await("a picture with a state file that is "+name, 20*time.Second, m.seesPicture)
		}
	})
}

// TestItNeverStaysDown: whatever ends the agent, however often, it comes back.
func TestItNeverStaysDown(t *testing.T) {
	everyRelease(t, func(t *testing.T, m *machine) {
		// More than systemd allows a unit by default in 10 s.
		for range 7 {
			m.sh("systemctl kill --signal=KILL --kill-whom=main pigrid-agent; systemctl reset-failed pigrid-agent 2>/dev/null; systemctl start pigrid-agent")
		}
		m.await("a picture", 20*time.Second, m.seesPicture)
		m.sh("systemctl kill --signal=KILL --kill-whom=main pigrid-agent")
		m.await("a picture after it was killed", 20*time.Second, m.seesPicture)
		m.sh("systemctl kill --signal=STOP --kill-whom=main pigrid-agent")
		m.await("a picture after it hung", 90*time.Second, m.seesPicture)
	})
}

// TestOneStartedByHand: the package names an agent that runs already, and takes
// over the ids that it gave to cameras.
func TestOneStartedByHand(t *testing.T) {
	m := boot(t, "bookworm")
	self := packageFile(t, "pigrid-agent", "amd64")
	m.copy(self, "/root/pigrid-agent.deb")
	m.sh("useradd --create-home --groups video pi; dpkg-deb --fsys-tarfile /root/pigrid-agent.deb | tar -x -C /home/pi --strip-components=3 ./usr/bin/pigrid-agent")
	m.sh("runuser -u pi -- sh -c 'HOME=/home/pi setsid -f /home/pi/pigrid-agent >/home/pi/log 2>&1'")
	const ids = "/home/pi/.local/state/pigrid/cameras.json"
	m.await("its camera ids", 20*time.Second, func() bool { _, err := m.try("test", "-s", ids); return err == nil })
	said := m.install()
	if !strings.Contains(said, "/home/pi/pigrid-agent") || !strings.Contains(said, "sudo kill ") {
		t.Errorf("it does not name the other: %s", said)
	}
	if by, with := m.sh("cat "+ids), m.sh("cat "+filepath.Join("/var/lib/private/pigrid", filepath.Base(ids))); by != with {
		t.Errorf("camera ids by hand %s, of the service %s", by, with)
	}
}
