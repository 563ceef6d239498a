package packaging

import (
	"bytes"
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
			m.copy(packageFile(t, "pigrid", "amd64"), "/root/pigrid.deb")
			m.sh("dpkg --install /root/pigrid.deb 2>&1 && useradd --create-home watcher")
			m.sh("test -x /usr/bin/pigrid && test -s /usr/share/icons/hicolor/48x48/apps/pigrid.png")
			const asWatcher = "runuser -u watcher -- env HOME=/home/watcher DISPLAY=:9 XDG_RUNTIME_DIR=/home/watcher "
			m.sh("setsid -f runuser -u watcher -- Xvfb :9 -screen 0 1280x800x24 -noreset >/tmp/xvfb.log 2>&1")
			m.await("a screen", 20*time.Second, func() bool { _, err := m.try("test", "-e", "/tmp/.X11-unix/X9"); return err == nil })
			m.sh("setsid -f " + asWatcher + "pigrid >/tmp/pigrid.log 2>&1")
			m.await("somebody watches", time.Minute, func() bool {
				status, err := m.try("curl", "--silent", "--max-time", "5", "http://localhost:8080/api/v1/status")
				return err == nil && strings.Contains(status, `"viewers":1`)
			})
			look := func() image.Image {
				t.Helper()
				m.sh(asWatcher + "import -window root /tmp/screen.png")
				data, err := os.ReadFile(fmt.Sprintf("/proc/%d/root/tmp/screen.png", m.leader))
				if err != nil {
					t.Fatal(err)
				}
				if dir := os.Getenv("PIGRID_KEEP_PICTURES"); dir != "" {
					if err := os.WriteFile(filepath.Join(dir, "installed-"+release+".png"), data, 0o644); err != nil {
						t.Error(err)
					}
				}
				screen, err := png.Decode(bytes.NewReader(data))
				if err != nil {
					t.Fatal(err)
				}
				return screen
			}
			before := look()
			m.await("a picture that fills the window and moves", 30*time.Second, func() bool {
				after := look()
				colours, moved := compare(before, after)
				before = after
				return colours > 100 && moved > 0.002 && moved < 0.5
			})
			m.sh("pkill -x pigrid; dpkg --purge pigrid")
		})
	}
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
