package packaging

import (
	"strings"
	"testing"
	"time"
)

// TestServe: installing pigrid-serve shows the cameras of the network to this machine,
// a line of its settings to all others, and removing leaves nothing.
func TestServe(t *testing.T) {
	everyRelease(t, func(t *testing.T, m *machine) {
		said := m.installs("pigrid-serve")
		for _, want := range []string{"Open http://127.0.0.1:8088/\n", `listen = ":8088"`, "sudo pigrid-serve password"} {
			if !strings.Contains(said, want) {
				t.Errorf("it does not say %s: %s", want, said)
			}
		}
		if page := m.sh("curl --silent --fail http://127.0.0.1:8088/"); !strings.Contains(page, "<title>PiGrid") {
			t.Errorf("its page: %s", page)
		}
		m.isNobodys("pigrid-serve")
		m.await("it finds the agent", 30*time.Second, func() bool {
			return strings.Contains(m.run("pigrid-serve", "list"), "imx708")
		})
		key := m.sh("pigrid-serve list | grep -o 'agent:.*'")
		m.await("a picture", 20*time.Second, func() bool {
			out, err := m.try("sh", "-c", "curl --silent --fail --max-time 8 http://127.0.0.1:8088/cameras/"+key+"/snapshot.jpg | head -c 2 | od -An -tx1")
			return err == nil && out == "ff d8"
		})
		if said, err := m.try("runuser", "-u", "nobody", "--", "pigrid-serve", "list"); err == nil || !strings.Contains(said, "use sudo") {
			t.Errorf("another user is told: %s", said)
		}

		// Root makes the password here, before the service has wanted one.
		password := m.run("pigrid-serve", "password")
		m.sh(`sed -i 's/^#listen = .*/listen = ":8088"/' /etc/pigrid/serve.toml`)
		said = m.installs("pigrid-serve")
		if !strings.Contains(said, "Open http://pi.local:8088/") || strings.Contains(said, "this computer only") {
			t.Errorf("after an upgrade: %s", said)
		}
		code := func(options string) string {
			return m.sh("curl --silent --output /dev/null --max-time 8 --write-out '%{http_code}' " + options + " http://127.0.0.1:8088/cameras")
		}
		if without, with := code(""), code("--user x:"+password); without != "401" || with != "200" {
			t.Errorf("without the password %s, with it %s: %s", without, with, m.journal())
		}
		if after := m.run("pigrid-serve", "password"); after != password {
			t.Errorf("the password was %s, is %s", password, after)
		}
		if list := m.run("pigrid-serve", "list"); !strings.Contains(list, "imx708") {
			t.Errorf("it forgot the cameras: %s", list)
		}

		m.recordsByService(key)

		m.sh("systemctl kill --signal=STOP --kill-whom=main pigrid-serve")
		m.await("an answer after it hung", 90*time.Second, func() bool {
			out, _ := m.try("curl", "--silent", "--max-time", "1", "http://127.0.0.1:8088/healthz")
			return out == "ok"
		})
		m.run("systemctl", "disable", "--now", "pigrid-serve")
		m.installs("pigrid-serve")
		if state, _ := m.try("systemctl", "is-enabled", "pigrid-serve"); state != "disabled" {
			t.Errorf("it was disabled, and is %s", state)
		}

		m.run("dpkg", "--remove", "pigrid-serve")
		if _, err := m.try("test", "-e", "/etc/pigrid/serve.toml"); err != nil {
			t.Error("removing has removed the settings, which only purging may")
		}
		m.run("dpkg", "--purge", "pigrid-serve")
		m.purgeLeavesNothing("pigrid-agent")
	})
}

// recordsByService: a camera is recorded by the unit of the package, as a user of its
// own that knows the view password. A stand-in for ffmpeg writes what it is given.
func (m *machine) recordsByService(key string) {
	m.t.Helper()
	m.sh(`printf '%s\n' '#!/bin/sh' 'for last; do :; done' 'exec head -c 100000 >"$(date +"$last")"' >/usr/bin/ffmpeg && chmod +x /usr/bin/ffmpeg`)
	unit := m.run("systemd-escape", "--template=pigrid-record@.service", key)
	m.run("systemctl", "enable", "--now", unit)
	m.await("a recording", 20*time.Second, func() bool {
		out, err := m.try("sh", "-c", "head -c 300 /var/lib/pigrid-record/*/20*.mkv")
		return err == nil && strings.Contains(out, "image/jpeg")
	})
	if owner := m.sh("stat -c %U:%a /var/lib/pigrid-record/*/20*.mkv | sort -u"); owner != "pigrid-record:640" {
		m.t.Errorf("the recording belongs to %s", owner)
	}
	if login := m.run("stat", "-c", "%U:%G:%a", "/run/pigrid-record.login"); login != "root:pigrid-record:640" {
		m.t.Errorf("the view password belongs to %s", login)
	}
	m.run("systemctl", "disable", "--now", unit)
	m.sh("rm -r /var/lib/pigrid-record/* /usr/bin/ffmpeg")
}
