package packaging

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestApp: both packages on one machine. The window finds the agent without
// anybody typing anything, and shows a picture that moves.
func TestApp(t *testing.T) {
	for _, release := range releases {
		t.Run(release, func(t *testing.T) {
			m := boot(t, release+"-desktop")
			m.install()
			m.sh(`echo 'source = "pattern"' >>/etc/pigrid/agent.toml && systemctl restart pigrid-agent`)
			m.installApp()
			m.openApp()
			m.showsAPicture("installed-"+release, time.Minute)
			m.sh("pkill -x pigrid; dpkg --purge pigrid")
		})
	}
}

// asWatcher begins a command of the person at the machine.
const asWatcher = "runuser -u watcher -- env HOME=/home/watcher DISPLAY=:9 XDG_RUNTIME_DIR=/home/watcher "

// installApp installs the app, and makes the person who uses it.
func (m *machine) installApp() {
	m.t.Helper()
	m.copy(packageFile(m.t, "pigrid", m.arch), "/root/pigrid.deb")
	m.sh("dpkg --install /root/pigrid.deb 2>&1 && useradd --create-home watcher")
	m.sh("test -x /usr/bin/pigrid && for n in 16 24 32 48 64 128 256 512; do test -s /usr/share/icons/hicolor/${n}x$n/apps/pigrid.png || exit 1; done")
}

// openApp opens the window on a screen of its own, with more in its environment.
func (m *machine) openApp(env ...string) {
	m.t.Helper()
	m.sh("setsid -f runuser -u watcher -- Xvfb :9 -screen 0 1280x800x24 -noreset >/tmp/xvfb.log 2>&1")
	m.await("a screen", 20*time.Second, func() bool { _, err := m.try("test", "-e", "/tmp/.X11-unix/X9"); return err == nil })
	m.sh("setsid -f " + asWatcher + strings.Join(env, " ") + " pigrid >/tmp/pigrid.log 2>&1")
}

// showsAPicture waits for a camera's picture that fills the window and moves.
func (m *machine) showsAPicture(name string, within time.Duration) {
	m.t.Helper()
	m.await("somebody watches", within, func() bool {
		status, err := m.try("curl", "--silent", "--max-time", "5", "http://localhost:8080/api/v1/status")
		return err == nil && strings.Contains(status, `"viewers":1`)
	})
	before := m.look(name)
	m.await("a picture that fills the window and moves", within, func() bool {
		after := m.look(name)
		colours, moved := compare(before, after)
		before = after
		return colours > 100 && moved > 0.002 && moved < 0.5
	})
}

// look returns what is on the screen, and keeps it where PIGRID_KEEP_PICTURES says.
func (m *machine) look(name string) image.Image {
	m.t.Helper()
	m.sh(asWatcher + "import -window root /tmp/screen.png")
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/root/tmp/screen.png", m.leader))
	if err != nil {
		m.t.Fatal(err)
	}
	if dir := os.Getenv("PIGRID_KEEP_PICTURES"); dir != "" {
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, name+".png"), data, 0o644)); err != nil {
			m.t.Error(err)
		}
	}
	screen, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		m.t.Fatal(err)
	}
	return screen
}

// compare returns how many colours the second picture has, of which a page
// without a camera's picture has few, and which share of it has changed since
// the first. Only every fourth pixel counts.
func compare(a, b image.Image) (colours int, moved float64) {
	const step = 4
	n := 0
	seen := map[color.Color]bool{}
	for y := b.Bounds().Min.Y; y < b.Bounds().Max.Y; y += step {
		for x := b.Bounds().Min.X; x < b.Bounds().Max.X; x += step {
			n++
			seen[b.At(x, y)] = true
			if a.At(x, y) != b.At(x, y) {
				moved++
			}
		}
	}
	return len(seen), moved / float64(n)
}
