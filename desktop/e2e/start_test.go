//go:build linux

package e2e

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// bus starts a session bus, as desktops have one.
func bus(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	startProcess(t, cmd)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "DBUS_SESSION_BUS_ADDRESS=" + strings.TrimSpace(address)
}

// size is how large a window is.
func (s *screen) size(t *testing.T, window string) string {
	t.Helper()
	geometry := strings.Fields(s.xdotool(t, "getwindowgeometry", window))
	return geometry[len(geometry)-1]
}

// TestASecondStart ends, and brings the window of the first to the front. One with other
// settings is another instance.
func TestASecondStart(t *testing.T) {
	const n = 2
	f := startFleet(t, n, 10)
	s := newScreen(t)
	s.startWindowManager(t)
	h, address := f.home(t, 1280, 800), bus(t)
	startApp(t, appProgram, s, h, address)
	s.untilWall(t, n)
	window := s.window(t)
	s.xdotool(t, "windowminimize", window)
	until(t, 20*time.Second, "nobody watches", func() bool { return f.viewers(t) == 0 })
	second := startApp(t, appProgram, s, h, address)
	until(t, 10*time.Second, "the second has ended", second.ended)
	s.untilWall(t, n)
	if active := strings.TrimSpace(s.xdotool(t, "getactivewindow")); active != window {
		t.Errorf("window %s is in front, not %s", active, window)
	}
	other := startApp(t, appProgram, s, f.home(t, 800, 600), address)
	until(t, 20*time.Second, "the other one watches, too", func() bool { return f.viewers(t) > n })
	if other.ended() {
		t.Error("one with other settings ended")
	}
}

// TestTheWindowIsAsItWas: maximised, and with the size from before when it is not.
func TestTheWindowIsAsItWas(t *testing.T) {
	f := startFleet(t, 1, 10)
	s := newScreen(t)
	s.startWindowManager(t)
	h := f.home(t, 900, 700)
	remembered := func() map[string]any {
		var all struct{ Window map[string]any }
		data, err := os.ReadFile(h.settings())
		if err != nil || json.Unmarshal(data, &all) != nil {
			t.Fatalf("%s, %v", data, err)
		}
		return all.Window
	}
	h.change(t, map[string]any{"window": map[string]any{"width": 900, "height": 700, "maximised": true}})
	first := startApp(t, appProgram, s, h)
	s.untilWall(t, 1)
	if size := s.size(t, s.window(t)); !strings.HasPrefix(size, "19") { // of 1920, with or without a border
		t.Errorf("maximised it is %s", size)
	}
	s.xdotool(t, "windowactivate", "--sync", s.window(t), "key", "alt+F4")
	until(t, 10*time.Second, "it has ended", first.ended)
	if w := remembered(); w["maximised"] != true || w["width"] != 900.0 || w["height"] != 700.0 {
		t.Errorf("remembered: %v", w)
	}
}

// TestTheWindowIsWhereItWas, without drifting by the border that a window manager adds.
func TestTheWindowIsWhereItWas(t *testing.T) {
	f := startFleet(t, 1, 10)
	s := newScreen(t)
	s.startWindowManager(t)
	h := f.home(t, 900, 700)
	place := func() string {
		for line := range strings.Lines(s.xdotool(t, "getwindowgeometry", s.window(t))) {
			if _, at, ok := strings.Cut(line, "Position: "); ok {
				return strings.Fields(at)[0]
			}
		}
		return "unknown"
	}
	var was string
	for i := range 4 {
		a := startApp(t, appProgram, s, h)
		s.untilWall(t, 1)
		switch i {
		case 0:
			first := place()
			s.xdotool(t, "windowmove", s.window(t), "444", "222")
			until(t, 10*time.Second, "it has moved", func() bool { return place() != first })
			was = place()
		case 3:
			if p := place(); p == "3000,2000" || p == was {
				t.Errorf("where no screen is it is at %s", p)
			}
		default:
			if p := place(); p != was {
				t.Errorf("at start %d it is at %s, it was at %s", i+1, p, was)
			}
		}
		s.xdotool(t, "windowactivate", "--sync", s.window(t), "key", "alt+F4")
		until(t, 10*time.Second, "it has ended", a.ended)
		if i == 2 {
			h.change(t, map[string]any{"window": map[string]any{"width": 900, "height": 700, "x": 3000, "y": 2000, "screen": "1920x1080"}})
		}
	}
}

// TestFlagsOfTheWindow: it fills the screen from the start, and forgets no size.
func TestFlagsOfTheWindow(t *testing.T) {
	f := startFleet(t, 1, 10)
	for _, flag := range []string{"--fullscreen", "--kiosk"} {
		t.Run(flag, func(t *testing.T) {
			s := newScreen(t)
			s.startWindowManager(t)
			h := f.home(t, 900, 700)
			a := startCommand(t, exec.Command(appProgram, flag), s, h)
			s.untilWall(t, 1)
			window := s.window(t)
			until(t, 10*time.Second, "it fills the screen", func() bool { return s.size(t, window) == "1920x1080" })
			s.save(t, strings.TrimPrefix(flag, "--"))
			s.xdotool(t, "windowactivate", "--sync", window, "key", "alt+F4")
			pressed := time.Now()
			until(t, 10*time.Second, "it has ended", func() bool {
				// A press is lost while the window manager gives the window the keyboard.
				if !a.ended() && time.Since(pressed) > 2*time.Second {
					pressed = time.Now()
					again := exec.Command("xdotool", "key", "alt+F4")
					again.Env = append(os.Environ(), "DISPLAY="+s.display)
					_ = again.Run() // it may have ended meanwhile
				}
				return a.ended()
			})
			data, err := os.ReadFile(h.settings())
			if err != nil || !strings.Contains(string(data), `"width": 900`) {
				t.Errorf("remembered: %.200s, %v", data, err)
			}
		})
	}
}

// TestAKioskWhosePageHangs ends with code 70, so that a service starts it again.
func TestAKioskWhosePageHangs(t *testing.T) {
	f := startFleet(t, 1, 10)
	s := newScreen(t)
	a := startCommand(t, exec.Command(appProgram, "--kiosk"), s, f.home(t, 900, 700))
	s.untilWall(t, 1)
	stopped := 0
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(data), "(WebKitWebProces") {
			continue
		}
		fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')'):]))
		if group, _ := strconv.Atoi(fields[3]); group == a.cmd.Process.Pid {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			stopped++
		}
	}
	if stopped == 0 {
		t.Fatal("it has no page")
	}
	begin := time.Now()
	until(t, 60*time.Second, "it has ended", a.ended)
	if code := a.cmd.ProcessState.ExitCode(); code != 70 || time.Since(begin) < 20*time.Second {
		t.Errorf("code %d after %v", code, time.Since(begin))
	}
	if a.said("the page has asked for nothing") != 1 {
		t.Error("it does not say why")
	}
}

// ended reports whether the program has ended.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}
