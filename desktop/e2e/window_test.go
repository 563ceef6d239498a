//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/desktop/packaging/icons"
	"pigrid/shared/strip"
)

// A minimised window downloads nothing, and does not fast-forward through what
// it missed (advanced-camera-card#252, OctoPrint#5076).
func TestMinimised(t *testing.T) {
	const n = 4
	f := startFleet(t, n, 10)
	s := newScreen(t)
	s.startWindowManager(t)
	startApp(t, appProgram, s, f.home(t, 1280, 800))
	s.untilWall(t, n)
	window := s.window(t)
	for range 2 {
		s.xdotool(t, "windowminimize", window)
		begin := time.Now()
		until(t, 20*time.Second, "no agent has a viewer", func() bool { return f.viewers(t) == 0 })
		t.Logf("the last stream ended %v after the window was minimised", time.Since(begin).Round(time.Millisecond))
		before := f.bytes(t)
		time.Sleep(3 * time.Second) // there is nothing to wait for: nothing must happen
		if after := f.bytes(t); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("sent while the window was minimised: %v, then %v", before, after)
		}
		s.xdotool(t, "windowactivate", window)
		begin = time.Now()
		until(t, 20*time.Second, "every picture on the screen is of now", func() bool {
			shown := frames(t, s)
			fresh := 0
			for _, c := range f.list(t) {
				if frame, ok := shown[uint8(c.Number)]; ok && c.takenAt(frame).After(begin) {
					fresh++
				}
			}
			return fresh == n
		})
		s.untilWall(t, n)
	}
}

// F11 fills the screen with pictures, and gives the window back.
func TestFullScreen(t *testing.T) {
	const n = 4
	f := startFleet(t, n, 10)
	s := newScreen(t)
	s.startWindowManager(t)
	a := startApp(t, appProgram, s, f.home(t, 1280, 800))
	s.untilWall(t, n)
	window := s.window(t)
	s.hasIcon(t, window)
	press := func() { s.xdotool(t, "windowactivate", "--sync", window, "key", "F11") }
	size := func() string {
		geometry := strings.Fields(s.xdotool(t, "getwindowgeometry", window))
		return geometry[len(geometry)-1]
	}
	before := size()
	press()
	until(t, 20*time.Second, "the window fills the screen", func() bool { return size() == "1920x1080" })
	// A picture is 685 pixels wide below the header, 707 without.
	until(t, 20*time.Second, "the header has made room", func() bool {
		return slices.ContainsFunc(strip.Find(s.shot(t)), func(f strip.Found) bool { return f.Rect.Dx() > 696 })
	})
	s.save(t, "full-screen")
	press()
	until(t, 20*time.Second, "the window is as it was", func() bool { return size() == before })
	s.untilWall(t, n)

	// Wails answers on threads of its own, and WebKit may be used on GTK's only.
	a.interrupt(t, 10*time.Second)
	if led := regexp.MustCompile(`msg=stopped .*led=(\d+)`).FindStringSubmatch(a.log.String()); led == nil || len(led[1]) < 3 {
		t.Errorf("hundreds of answers are led to GTK's thread, got %v", led)
	}
}

// The app starts while nothing answers, and shows the cameras when they come.
func TestStartedBeforeTheNetwork(t *testing.T) {
	const n = 4
	f := startFleet(t, n, 10)
	h := f.home(t, 1280, 800)
	f.set(t, 0, "refuse")
	s := newScreen(t)
	a := startApp(t, appProgram, s, h)
	until(t, 20*time.Second, "the app has asked every camera in vain", func() bool { return a.said("agent does not answer") >= n })
	if shown := frames(t, s); len(shown) > 0 {
		t.Errorf("pictures of nothing: %v", shown)
	}
	f.set(t, 0, "none")
	begin := time.Now()
	s.untilWall(t, n)
	t.Logf("all %d move %v after they were there", n, time.Since(begin).Round(10*time.Millisecond))
}

// A lid that was closed: the app stands still, and its connections are dead when
// it goes on (moonfire#115).
func TestBackFromSleep(t *testing.T) {
	const n = 16
	f := startFleet(t, n, 10)
	s := newScreen(t)
	a := startApp(t, appProgram, s, f.home(t, 1280, 800))
	s.untilWall(t, n)
	a.signal(t, syscall.SIGSTOP)
	f.set(t, 0, "reset")
	time.Sleep(12 * time.Second) // a busy machine stands still for less
	f.set(t, 0, "none")
	a.signal(t, syscall.SIGCONT)
	begin := time.Now()
	s.untilWall(t, n)
	t.Logf("all %d move %v after it woke", n, time.Since(begin).Round(10*time.Millisecond))
}

// A switch that was restarted: every camera is silent at once and there again.
func TestAllCamerasFreeze(t *testing.T) {
	const n = 16
	f := startFleet(t, n, 10)
	s := newScreen(t)
	startApp(t, appProgram, s, f.home(t, 1280, 800))
	s.untilWall(t, n)
	f.signal(t, syscall.SIGSTOP)
	time.Sleep(10 * time.Second) // their streams are given up by then
	f.signal(t, syscall.SIGCONT)
	begin := time.Now()
	s.untilWall(t, n)
	t.Logf("all %d move %v after the network was there again", n, time.Since(begin).Round(10*time.Millisecond))
}

// hasIcon fails the test when the window does not carry PiGrid's icon for task bars
// and window switchers.
func (s *screen) hasIcon(t *testing.T, window string) {
	t.Helper()
	cmd := exec.Command("xprop", "-id", window, "-notype", "-f", "_NET_WM_ICON", "32c", "_NET_WM_ICON")
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("xprop: %v", err)
	}
	icon, err := png.Decode(bytes.NewReader(icons.Window()))
	if err != nil {
		t.Fatal(err)
	}
	size := icon.Bounds().Size()
	want := []string{fmt.Sprint(size.X), fmt.Sprint(size.Y)}
	for y := range size.Y {
		for x := range size.X {
			c := color.NRGBAModel.Convert(icon.At(x, y)).(color.NRGBA)
			want = append(want, fmt.Sprint(uint32(c.A)<<24|uint32(c.R)<<16|uint32(c.G)<<8|uint32(c.B)))
		}
	}
	_, numbers, _ := strings.Cut(strings.TrimSpace(string(out)), " = ")
	if got := strings.Split(numbers, ", "); !slices.Equal(got, want) {
		t.Errorf("the window's icon has %d numbers, not the %d of PiGrid's, or others; it begins %.80q", len(got), len(want), out)
	}
}

// signal stops or continues the program and all that it started.
func (p *process) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(-p.cmd.Process.Pid, sig); err != nil {
		t.Fatal(err)
	}
}

// startWindowManager makes windows that can be minimised.
func (s *screen) startWindowManager(t *testing.T) {
	t.Helper()
	cmd := exec.Command("openbox", "--sm-disable")
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display, "HOME="+t.TempDir(), "DBUS_SESSION_BUS_ADDRESS=disabled:")
	startProcess(t, cmd)
	until(t, 10*time.Second, "the window manager manages", func() bool {
		check := exec.Command("xdotool", "get_desktop") // fails without one
		check.Env = append(os.Environ(), "DISPLAY="+s.display)
		return check.Run() == nil
	})
}
