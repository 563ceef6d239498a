package packaging

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
)

// releases of Debian, of which the Raspberry Pi OS of the same name is made.
var releases = []string{"bookworm", "trixie"}

// everyRelease runs a test on each release, with the package installed. Such tests
// mostly wait: they do so at the same time.
func everyRelease(t *testing.T, test func(t *testing.T, m *machine)) {
	t.Helper()
	t.Parallel()
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
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
			m.isNobodys("pigrid-agent")
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
			m.purgeLeavesNothing("pigrid-agent")
		})
	}
}

// isNobodys: a service of ours needs none of the users that a machine has, such as pi,
// whom Raspberry Pi OS does not make any more, and is not root.
func (m *machine) isNobodys(unit string) {
	m.t.Helper()
	if users := m.sh("getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 { print $1 }'"); users != "" {
		m.t.Fatalf("the machine has users: %s", users)
	}
	// What systemd gives out, see systemd.exec(5) under DynamicUser.
	if uid := m.sh("ps -o uid= -p " + m.propertyOf(unit, "MainPID")); !atLeast(uid, 61184) || atLeast(uid, 65520) {
		m.t.Errorf("it runs as user %s", uid)
	}
}

// TestUnitOnEachRelease: the systemd of each release understands every line of the
// installed units, and finds them well protected.
func TestUnitOnEachRelease(t *testing.T) {
	for _, release := range releases {
		for _, name := range []string{"pigrid-agent", "pigrid-serve"} {
			t.Run(release+" "+name, func(t *testing.T) {
				m := enter(t, release, "amd64")
				m.installs(name)
				t.Log(m.sh("systemctl --version | head -n 1"))
				judge(t, "/usr/lib/systemd/system/"+name+".service", func(args ...string) (string, error) {
					return m.try(append([]string{"systemd-analyze"}, args...)...)
				})
			})
		}
	}
}

// purgeLeavesNothing purges a package of ours.
func (m *machine) purgeLeavesNothing(name string) {
	m.t.Helper()
	m.run("dpkg", "--purge", name)
	if left := m.sh("find / -xdev -ipath '*pigrid*' -not -path '/proc/*' -not -path '/root/*' -not -path '/var/log/*' -not -path '/var/lib/dpkg/*' -not -path '/sys/*'"); left != "" {
		m.t.Errorf("purging leaves %s", left)
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
// one that cut what it was writing, whichever file of its state that was.
func TestReboot(t *testing.T) {
	everyRelease(t, func(t *testing.T, m *machine) {
		if !m.seesPicture() {
			t.Fatal(m.journal())
		}
		m.reboot()
		m.await("a picture after a reboot", 20*time.Second, m.seesPicture)
		// With a folder of its own choice the agent keeps its id in it, too.
		m.sh(`echo 'state-dir = "/var/lib/pigrid"' >>/etc/pigrid/agent.toml && systemctl restart pigrid-agent`)
		m.await("a picture with another setting", 20*time.Second, m.seesPicture)
		for name, damage := range map[string]string{
			"empty":   ": >$f",
			"half":    "head -c 20 $f >half; mv half $f",
			"missing": "rm $f",
			"garbage": "head -c 4096 /dev/urandom >$f",
			"zeros":   "head -c $(stat -c %s $f) /dev/zero >zeros; mv zeros $f",
			"left":    "head -c 20 $f >.${f}1234567", // it was writing the next one
		} {
			m.sh("set -e; cd /var/lib/private/pigrid; test -S agent.sock; rm agent.sock; echo 'no socket any more' >agent.sock; for f in cameras.json agent-id agent.sock; do " + damage + "; done")
			m.cutPower()
			m.start()
			m.await("a picture with state files that are "+name, 20*time.Second, m.seesPicture)
			if status := m.run("pigrid-agent", "status"); !strings.Contains(status, "imx708") {
				t.Errorf("with state files that are %s it says of itself: %s", name, status)
			}
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
// over the ids that it gave to cameras: the app shows one tile for each camera,
// however long both run.
func TestOneStartedByHand(t *testing.T) {
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			m := boot(t, release)
			m.copy(packageFile(t, "pigrid-agent", "amd64"), "/root/pigrid-agent.deb")
			m.dropIn("Environment=" + fakecam.CamerasEnv + "=2")
			m.sh("useradd --create-home --groups video anna; dpkg-deb --fsys-tarfile /root/pigrid-agent.deb | tar -x -C /home/anna --strip-components=3 ./usr/bin/pigrid-agent")
			const dir = "/home/anna/.local/state/pigrid"
			const byHand = "runuser -u anna -- sh -c 'HOME=/home/anna " + fakecam.CamerasEnv + "=2 setsid /home/anna/pigrid-agent >>/home/anna/log 2>&1 & echo $! >/home/anna/pid'"
			const ids = dir + "/cameras.json"
			m.sh(byHand)
			m.await("its camera ids", 20*time.Second, func() bool { _, err := m.try("grep", "-q", "imx219", ids); return err == nil })
			// Ids that a new agent would not give.
			m.sh(`kill $(cat /home/anna/pid); sed -i 's/"imx\([0-9]*\)"/"door-\1"/' ` + ids + "; " + byHand)
			m.startViewer()
			m.await("two pictures", time.Minute, func() bool { return m.tiles().live == 2 })

			said := m.install()
			if !strings.Contains(said, "/home/anna/pigrid-agent") || !strings.Contains(said, "sudo kill ") {
				t.Errorf("it does not name the other: %s", said)
			}
			if by, with := m.sh("cat "+ids), m.sh("cat /var/lib/private/pigrid/cameras.json || true"); by != with || !strings.Contains(by, "door-") {
				t.Errorf("camera ids by hand %s, of the service %s", by, with)
			}
			m.await("both answer", 20*time.Second, func() bool {
				_, err := m.try("sh", "-c", "for port in 8080 8081; do curl --silent --fail --max-time 8 http://localhost:$port/readyz || exit 1; done")
				return err == nil
			})
			m.sh("kill $(cat /home/anna/pid)")
			m.await("it has ended", 10*time.Second, func() bool { _, err := m.try("sh", "-c", "kill -0 $(cat /home/anna/pid)"); return err != nil })
			m.sh("systemctl restart pigrid-agent")
			m.await("the app watches both cameras of the service", time.Minute, func() bool {
				status, err := m.try("curl", "--silent", "--max-time", "8", "http://localhost:8080/api/v1/status")
				return err == nil && strings.Count(status, `"viewers":1`) == 2
			})
			m.await("two pictures of the service", 20*time.Second, func() bool { return m.tiles().live == 2 })
			if keys := m.tiles().ever; len(keys) != 2 {
				t.Errorf("the app has shown %v", keys)
			}
		})
	}
}

// startViewer starts the app without its window on this machine.
func (m *machine) startViewer() {
	m.t.Helper()
	m.copy(viewer(m.t), "/root/viewer")
	m.sh("touch /tmp/states; setsid -f sh -c 'sleep 600 | /root/viewer >/tmp/states 2>/tmp/viewer.log' >/dev/null 2>&1")
}

// tiles are what the app shows.
type tiles struct {
	live int             // with a picture that moves
	ever map[string]bool // the keys of all that were there
}

// tiles are those of the app that was started.
func (m *machine) tiles() tiles {
	m.t.Helper()
	shown := tiles{ever: map[string]bool{}}
	for line := range strings.Lines(m.sh("cat /tmp/states")) {
		var state struct{ Cameras []struct{ Key, State string } }
		if json.Unmarshal([]byte(line), &state) != nil {
			continue // half written
		}
		shown.live = 0
		for _, c := range state.Cameras {
			shown.ever[c.Key] = true
			if c.State == "live" || c.State == "slow" { // slow: on a busy machine
				shown.live++
			}
		}
	}
	return shown
}

// viewer builds the app without its window.
func viewer(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "viewer")
	build := exec.Command("go", "build", "-o", file, "pigrid/desktop/gridapi/testdata/viewer")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}
