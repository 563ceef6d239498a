package capture

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pigrid/agent/capture/fakecam"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// withDevices gives the stand-in two cameras with media devices that it locks as
// libcamera does.
func withDevices(t *testing.T) (dev string) {
	t.Helper()
	dev, err := os.MkdirTemp("/dev/shm", "pigrid") // a file system like /dev
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dev) })
	for _, name := range []string{"media0", "media1", "media2", "media3"} {
		write(t, filepath.Join(dev, name), "")
	}
	t.Setenv(fakecam.DevicesEnv, dev)
	t.Setenv(fakecam.CamerasEnv, "2")
	return dev
}

// otherProgram uses a camera as another program would: it has its lock.
func otherProgram(t *testing.T, device string) (end func()) {
	t.Helper()
	f, err := os.OpenFile(device, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return func() { _ = f.Close() }
}

// startsOf returns the arguments of each start of a camera, or of each list for
// "--list-cameras".
func startsOf(t *testing.T, startLog, what string) (starts []string) {
	t.Helper()
	data, err := os.ReadFile(startLog)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, what) {
			starts = append(starts, strings.TrimSpace(line))
		}
	}
	return starts
}

// shows waits for a picture.
func shows(t *testing.T, v *frames.Viewer) {
	t.Helper()
	if _, err := v.NextWithin(10 * time.Second); err != nil {
		t.Fatal(err)
	}
}

// expectMode waits until the status says how the sensor is read: the first
// picture may be there before it.
func expectMode(t *testing.T, hub *frames.Hub, want api.Mode) {
	t.Helper()
	var got *api.Mode
	for range 1000 {
		if got = hub.Status(time.Now()).Mode; got != nil && *got == want {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("the status says the sensor is read as %+v, want %+v", got, want)
}

// wholeIMX219 is how the whole of an imx219 is read for a small picture.
var wholeIMX219 = api.Mode{Width: 1640, Height: 1232, Crop: api.Rect{Y: 2, Width: 3280, Height: 2460}, Sensor: api.Size{Width: 3280, Height: 2464}, FullView: true}

// TestAListOfACameraInUseForgetsNoModes: while we stream it, our own list says
// of each mode that it is 65535 pixels large.
func TestAListOfACameraInUseForgetsNoModes(t *testing.T) {
	startLog, _ := installed(t)
	dev := withDevices(t)
	cfg := Config{Source: Auto, IdleTimeout: 0, LookEvery: 20 * time.Millisecond, DeviceDir: dev, Options: func(string) Options { return Options{Framerate: 30} }}
	managed(t, cfg, startLog, func(set *frames.Set) {
		hub := camera(t, set, "imx219")
		for n := range 2 {
			lists := len(startsOf(t, startLog, "--list-cameras"))
			v := hub.Join(t.Context(), 0)
			shows(t, v)
			expectMode(t, hub, wholeIMX219)
			if got := len(startsOf(t, startLog, "--list-cameras")); got != lists {
				t.Errorf("start %d: modes that were known were asked for again", n)
			}
			write(t, filepath.Join(dev, "video"+string(rune('0'+n))), "") // something has changed
			eventually(t, "another list", 10*time.Second, func() bool { return len(startsOf(t, startLog, "--list-cameras")) == lists+1 })
			v.Leave()
			expectState(t, hub, api.Idle, "")
		}
		for _, start := range startsOf(t, startLog, "--camera 1") {
			if !strings.Contains(start, "--width 640 --height 480") || !strings.Contains(start, "--mode 1640:1232:10 ") {
				t.Errorf("started with %s", start)
			}
		}
	})
}

// TestModesThatNobodyKnewAreAskedForBeforeTheStart: another program had the
// camera when it was found.
func TestModesThatNobodyKnewAreAskedForBeforeTheStart(t *testing.T) {
	startLog, _ := installed(t)
	dev := withDevices(t)
	end := otherProgram(t, filepath.Join(dev, "media1"))
	cfg := Config{Source: Auto, IdleTimeout: time.Minute, DeviceDir: dev, Options: func(string) Options { return Options{Framerate: 30} }}
	managed(t, cfg, startLog, func(set *frames.Set) {
		hub := camera(t, set, "imx219")
		if m := hub.Status(time.Now()).Mode; m != nil {
			t.Errorf("nothing is known and the status says %+v", m)
		}
		v := hub.Join(t.Context(), 0)
		defer v.Leave()
		expectState(t, hub, api.Failed, api.CodeCameraBusy)
		end()
		shows(t, v)
		expectMode(t, hub, wholeIMX219)
	})
}

// TestTheSizeFollowsTheSensor, and with a size the status says what is cut off.
func TestTheSizeFollowsTheSensor(t *testing.T) {
	sensor := api.Size{Width: 4608, Height: 2592}
	for name, test := range map[string]struct {
		asked Options
		args  string
		size  api.Size
		want  api.Mode
	}{
		"none": {Options{}, "--width 640 --height 360 ", api.Size{Width: 640, Height: 360}, api.Mode{Crop: api.Rect{Width: 4608, Height: 2592}, FullView: true}},
		"4:3":  {Options{Width: 640, Height: 480}, "--width 640 --height 480 ", api.Size{Width: 640, Height: 480}, api.Mode{Crop: api.Rect{X: 576, Width: 3456, Height: 2592}}},
		"wide": {Options{Width: 1280}, "--width 1280 --height 720 ", api.Size{Width: 1280, Height: 720}, api.Mode{Crop: api.Rect{Width: 4608, Height: 2592}, FullView: true}},
	} {
		t.Run(name, func(t *testing.T) {
			startLog, _ := installed(t)
			test.asked.Framerate = 30
			cfg := Config{Source: Auto, IdleTimeout: time.Minute, Options: func(string) Options { return test.asked }}
			managed(t, cfg, startLog, func(set *frames.Set) {
				hub := camera(t, set, "imx708")
				if s := hub.Status(time.Now()); s.Width != test.size.Width || s.Height != test.size.Height {
					t.Errorf("before the first picture it is %dx%d", s.Width, s.Height)
				}
				v := hub.Join(t.Context(), 0)
				defer v.Leave()
				shows(t, v)
				want := test.want
				want.Width, want.Height, want.Sensor = 1536, 864, sensor
				expectMode(t, hub, want)
				if starts := startsOf(t, startLog, "--camera 0"); len(starts) != 1 || !strings.Contains(starts[0], test.args) || !strings.Contains(starts[0], "--mode 1536:864:10 ") {
					t.Errorf("started with %q", starts)
				}
			})
		})
	}
}

// TestTheAgentIsNotInItsOwnWay: a start while it lists waits for the list, and a
// list waits for the start.
func TestTheAgentIsNotInItsOwnWay(t *testing.T) {
	startLog, faultFile := installed(t)
	dev := withDevices(t)
	write(t, faultFile, string(fakecam.ListSlow))
	var said bytes.Buffer
	cfg := Config{Source: Auto, IdleTimeout: 0, LookEvery: 5 * time.Millisecond, DeviceDir: dev}
	managedLog(t, cfg, startLog, slog.New(slog.NewTextHandler(&said, nil)), func(set *frames.Set) {
		hubs := []*frames.Hub{camera(t, set, "imx708"), camera(t, set, "imx219")}
		for n := range 3 {
			lists := len(startsOf(t, startLog, "--list-cameras"))
			write(t, filepath.Join(dev, "video"+string(rune('0'+n))), "") // it lists
			eventually(t, "another list", 10*time.Second, func() bool { return len(startsOf(t, startLog, "--list-cameras")) > lists })
			var viewers []*frames.Viewer
			for _, hub := range hubs {
				viewers = append(viewers, hub.Join(t.Context(), 0))
			}
			for i, hub := range hubs {
				shows(t, viewers[i])
				if s := hub.Status(time.Now()); s.Restarts != 0 || s.Error != nil {
					t.Errorf("%s: %d restarts, error %+v", s.ID, s.Restarts, s.Error)
				}
			}
			for i, hub := range hubs {
				viewers[i].Leave()
				expectState(t, hub, api.Idle, "")
			}
		}
	})
	if strings.Contains(said.String(), "level=WARN") {
		t.Errorf("it complained:\n%s", &said)
	}
}

// TestAModeThatIsReplacedIsAWarning: the program takes another one without a word.
func TestAModeThatIsReplacedIsAWarning(t *testing.T) {
	for mode, words := range map[string][]string{
		"1:1":          {"1:1", "1536:864:10"},
		"2304:1296:8":  {"2304:1296:8", "2304:1296:10"},
		"2304:1296":    nil,
		"4608:2592:10": nil,
		"auto":         nil,
		"":             nil,
	} {
		t.Run(mode, func(t *testing.T) {
			startLog, _ := installed(t)
			cfg := Config{Source: Auto, IdleTimeout: time.Minute, Options: func(string) Options { return Options{Framerate: 10, Mode: mode} }}
			managed(t, cfg, startLog, func(set *frames.Set) {
				hub := camera(t, set, "imx708")
				v := hub.Join(t.Context(), 0)
				defer v.Leave()
				shows(t, v)
				eventually(t, "the mode is known", 5*time.Second, func() bool { return hub.Status(time.Now()).Mode != nil })
				if words != nil {
					eventually(t, "a warning", 5*time.Second, func() bool { return hub.Status(time.Now()).Warning != nil })
				}
				w := hub.Status(time.Now()).Warning
				if words == nil {
					if w != nil {
						t.Errorf("it warns %+v", w)
					}
					return
				}
				if w == nil || w.Code != api.CodeMode || slices.ContainsFunc(words, func(s string) bool { return !strings.Contains(w.Message, s) }) || !strings.Contains(w.Hint, "--list-cameras") {
					t.Errorf("warning %+v, want one with %q", w, words)
				}
			})
		})
	}
}
