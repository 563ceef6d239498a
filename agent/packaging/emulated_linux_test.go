package packaging

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
)

// TestOtherProcessors: the packages for the processors of a Pi, in a Debian of that
// architecture, of which qemu runs every program. There is no systemd: the agent is
// started by hand, on the oldest processor of a Pi, which does not know all that the
// programs of Debian's own armhf ask for.
func TestOtherProcessors(t *testing.T) {
	for arch, oldest := range map[string]string{
		"arm64": "cortex-a53", // Zero 2 and 3
		"armhf": "arm1176",    // Zero and 1
	} {
		t.Run(arch, func(t *testing.T) {
			m := enter(t, "bookworm-"+arch, arch)
			m.copy(standIn(t, arch), "/usr/bin/"+fakecam.ProgramName)
			if said := m.install(); strings.Contains(said, "pigrid-agent runs") {
				t.Errorf("without systemd it says %s", said)
			}
			version := m.run("dpkg-query", "--show", "--showformat=${Version}", "pigrid-agent")
			if said := m.run("pigrid-agent", "--version"); !strings.Contains(said, version) {
				t.Errorf("the package is of %s, and the agent says %s", version, said)
			}
			m.sh("setsid -f sh -c 'QEMU_CPU=" + oldest + " pigrid-agent & echo $! >/run/agent; wait $!; echo $? >/run/ended' >/run/agent.log 2>&1 </dev/null")
			m.await("a picture of the camera", time.Minute, m.seesPicture)
			if status := m.run("pigrid-agent", "status"); !strings.Contains(status, "imx708") {
				t.Errorf("it says of itself: %s", status)
			}
			filming := func() bool {
				_, err := m.try("sh", "-c", "grep -qsz 'rpicam-vi[d]' /proc/[0-9]*/cmdline") // not itself
				return err == nil
			}
			if !filming() {
				t.Error("no camera program runs")
			}
			m.sh("kill -TERM $(cat /run/agent)")
			m.await("it ends when it is asked to", 10*time.Second, func() bool { _, err := m.try("test", "-s", "/run/ended"); return err == nil })
			if code := m.sh("cat /run/ended"); code != "0" {
				t.Errorf("it ends with %s: %s", code, m.sh("cat /run/agent.log"))
			}
			if filming() {
				t.Error("the camera program runs on")
			}
			m.purgeLeavesNothing("pigrid-agent")
		})
	}
}

// standIn builds the camera program for another architecture: this test again.
func standIn(t *testing.T, arch string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "standin")
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", file, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+strings.TrimSuffix(arch, "hf"), "GOARM=6")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

// TestAppOtherProcessor: the window opens on arm64, and its page shows the picture of
// an agent on the same machine. That one is remembered, not searched for: qemu does
// not know the calls that mDNS needs.
func TestAppOtherProcessor(t *testing.T) {
	m := enter(t, "bookworm-arm64-desktop", "arm64")
	m.install()
	m.sh("setsid -f pigrid-agent --source pattern --mdns=false --framerate 4 --width 320 --height 240 >/run/agent.log 2>&1 </dev/null")
	m.await("a picture of the agent", time.Minute, m.seesPicture)
	var agent struct {
		ID      string
		Cameras []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(m.run("curl", "--silent", "http://localhost:8080/api/v1/status")), &agent); err != nil || len(agent.Cameras) != 1 {
		t.Fatalf("%v: %+v", err, agent)
	}
	m.installApp()
	settings := fmt.Sprintf(`{"version":2,"cameras":[{"key":"agent:%s/%s","name":"Here","addresses":["127.0.0.1:8080"]}]}`, agent.ID, agent.Cameras[0].ID)
	m.sh(asWatcher + "sh -c 'mkdir -p ~/.config/pigrid && cat >~/.config/pigrid/settings.json' <<'END'\n" + settings + "\nEND")
	m.openApp("QEMU_CPU=cortex-a72") // of the Pi 4
	m.showsAPicture("installed-arm64", 3*time.Minute)
}
