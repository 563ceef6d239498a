package packaging

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	ourAddress = "10.77.0.1"
	piAddress  = "10.77.0.2"
	nobodys    = "10.77.0.9"
)

// TestPi: make pi over a real ssh. It installs, does nothing the second time,
// upgrades, and says of each Pi what happened.
func TestPi(t *testing.T) {
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			m := boot(t, release)
			here := m.network()
			key := filepath.Join(t.TempDir(), "key")
			if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			m.sh("useradd --create-home --shell /bin/bash pi && install -d -o pi -m 700 /home/pi/.ssh && echo 'pi ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/pi")
			m.copy(key+".pub", "/home/pi/.ssh/authorized_keys")
			m.sh("chown pi /home/pi/.ssh/authorized_keys && chmod 600 /home/pi/.ssh/authorized_keys && systemctl start ssh")
			ssh := sshThatKnows(t, key)

			makePi := func(hosts ...string) (string, error) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
				defer cancel()
				cmd := exec.CommandContext(ctx, "nsenter", "--net="+here, "../../.make/pi")
				cmd.Env = append(os.Environ(), "HOSTS="+strings.Join(hosts, " "), "PATH="+ssh+":"+os.Getenv("PATH"))
				out, err := cmd.CombinedOutput()
				return string(out), err
			}
			out, err := makePi("pi@"+piAddress, "pi@"+nobodys)
			_, summary, _ := strings.Cut(out, "What happened")
			if err == nil || !strings.Contains(summary, "pi@"+piAddress+": installed ") || !strings.Contains(summary, "Open http://pi.local:8080/") ||
				!strings.Contains(summary, nobodys+": cannot be reached by ssh") {
				t.Fatalf("%v: %s", err, out)
			}
			if !m.seesPicture() {
				t.Error(m.journal())
			}
			if out, err = makePi("pi@" + piAddress); err != nil || !strings.Contains(out, "already, and it runs") {
				t.Errorf("the second time %v: %s", err, out)
			}
			m.sh("sed -i '/^Package: pigrid-agent$/,/^$/ s/^Version: .*/Version: 0.0.0~git1/' /var/lib/dpkg/status")
			if out, err = makePi("pi@" + piAddress); err != nil || !strings.Contains(out, "upgraded from 0.0.0~git1 to ") {
				t.Errorf("an upgrade %v: %s", err, out)
			}
			m.sh("sed -i 's/^VERSION_ID=.*/VERSION_ID=\"11\"/' /etc/os-release")
			if out, err = makePi("pi@" + piAddress); err == nil || !strings.Contains(out, "runs Debian 11. PiGrid needs Raspberry Pi OS Bookworm") {
				t.Errorf("on Bullseye %v: %s", err, out)
			}
		})
	}
}

// network gives both ends of the machine's cable an address and returns the
// file of the network namespace at this end.
func (m *machine) network() string {
	m.t.Helper()
	here := fmt.Sprintf("/proc/%d/ns/net", m.nspawn.Process.Pid)
	for _, line := range []string{"link set lo up", "addr add " + ourAddress + "/24 dev ve-pi", "link set ve-pi up"} {
		args := append([]string{"--net=" + here, "ip"}, strings.Fields(line)...)
		if out, err := exec.Command("nsenter", args...).CombinedOutput(); err != nil {
			m.t.Fatalf("ip %s: %v: %s", line, err, out)
		}
	}
	m.run("ip", "addr", "add", piAddress+"/24", "dev", "host0")
	m.run("ip", "link", "set", "host0", "up")
	return here
}

// sshThatKnows returns a folder with an ssh that uses a key and remembers no
// host, whoever runs this test.
func sshThatKnows(t *testing.T, key string) string {
	t.Helper()
	program, err := exec.LookPath("ssh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\nexec %s -F none -i %s -o UserKnownHostsFile=%s -o BatchMode=yes \"$@\"\n", program, strconv.Quote(key), filepath.Join(dir, "known"))
	if err := os.WriteFile(filepath.Join(dir, "ssh"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
