package rpicam

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/fakecam"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

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
	startLog, _ := capturetest.Installed(t)
	dev := capturetest.WithDevices(t)
	cfg := capture.Config{Drivers: sensors(dev), IdleTimeout: 0, LookEvery: 20 * time.Millisecond, Options: func(string) capture.Options { return capture.Options{Framerate: 30} }}
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "imx219")
		for n := range 2 {
			lists := len(capturetest.StartsOf(t, startLog, "--list-cameras"))
			v := hub.Join(t.Context(), 0)
			capturetest.Shows(t, v)
			expectMode(t, hub, wholeIMX219)
			if got := len(capturetest.StartsOf(t, startLog, "--list-cameras")); got != lists {
				t.Errorf("start %d: modes that were known were asked for again", n)
			}
			capturetest.Write(t, filepath.Join(dev, "video"+string(rune('0'+n))), "") // something has changed
			capturetest.Eventually(t, "another list", 10*time.Second, func() bool { return len(capturetest.StartsOf(t, startLog, "--list-cameras")) == lists+1 })
			v.Leave()
			capturetest.ExpectState(t, hub, api.Idle, "")
		}
		for _, start := range capturetest.StartsOf(t, startLog, "--camera 1") {
			if !strings.Contains(start, "--width 640 --height 480") || !strings.Contains(start, "--mode 1640:1232:10 ") {
				t.Errorf("started with %s", start)
			}
		}
	})
}

// TestModesThatNobodyKnewAreAskedForBeforeTheStart: another program had the
// camera when it was found.
func TestModesThatNobodyKnewAreAskedForBeforeTheStart(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	dev := capturetest.WithDevices(t)
	end := capturetest.OtherProgram(t, filepath.Join(dev, "media1"))
	cfg := capture.Config{Drivers: sensors(dev), IdleTimeout: time.Minute, Options: func(string) capture.Options { return capture.Options{Framerate: 30} }}
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "imx219")
		if m := hub.Status(time.Now()).Mode; m != nil {
			t.Errorf("nothing is known and the status says %+v", m)
		}
		v := hub.Join(t.Context(), 0)
		defer v.Leave()
		capturetest.ExpectState(t, hub, api.Failed, api.CodeCameraBusy)
		end()
		capturetest.Shows(t, v)
		expectMode(t, hub, wholeIMX219)
	})
}

// TestTheSizeFollowsTheSensor, and with a size the status says what is cut off.
func TestTheSizeFollowsTheSensor(t *testing.T) {
	sensor := api.Size{Width: 4608, Height: 2592}
	for name, test := range map[string]struct {
		asked capture.Options
		args  string
		size  api.Size
		want  api.Mode
	}{
		"none": {capture.Options{}, "--width 640 --height 360 ", api.Size{Width: 640, Height: 360}, api.Mode{Crop: api.Rect{Width: 4608, Height: 2592}, FullView: true}},
		"4:3":  {capture.Options{Width: 640, Height: 480}, "--width 640 --height 480 ", api.Size{Width: 640, Height: 480}, api.Mode{Crop: api.Rect{X: 576, Width: 3456, Height: 2592}}},
		"wide": {capture.Options{Width: 1280}, "--width 1280 --height 720 ", api.Size{Width: 1280, Height: 720}, api.Mode{Crop: api.Rect{Width: 4608, Height: 2592}, FullView: true}},
	} {
		t.Run(name, func(t *testing.T) {
			startLog, _ := capturetest.Installed(t)
			test.asked.Framerate = 30
			cfg := capture.Config{Drivers: sensors(""), IdleTimeout: time.Minute, Options: func(string) capture.Options { return test.asked }}
			capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
				hub := capturetest.Camera(t, set, "imx708")
				if s := hub.Status(time.Now()); s.Width != test.size.Width || s.Height != test.size.Height {
					t.Errorf("before the first picture it is %dx%d", s.Width, s.Height)
				}
				v := hub.Join(t.Context(), 0)
				defer v.Leave()
				capturetest.Shows(t, v)
				want := test.want
				want.Width, want.Height, want.Sensor = 1536, 864, sensor
				expectMode(t, hub, want)
				if starts := capturetest.StartsOf(t, startLog, "--camera 0"); len(starts) != 1 || !strings.Contains(starts[0], test.args) || !strings.Contains(starts[0], "--mode 1536:864:10 ") {
					t.Errorf("started with %q", starts)
				}
			})
		})
	}
}

// TestTheAgentIsNotInItsOwnWay: a start while it lists waits for the list, and a
// list waits for the start.
func TestTheAgentIsNotInItsOwnWay(t *testing.T) {
	startLog, faultFile := capturetest.Installed(t)
	dev := capturetest.WithDevices(t)
	capturetest.Write(t, faultFile, string(fakecam.ListSlow))
	var said bytes.Buffer
	cfg := capture.Config{Drivers: sensors(dev), IdleTimeout: 0, LookEvery: 5 * time.Millisecond}
	capturetest.ManagedLog(t, cfg, startLog, slog.New(slog.NewTextHandler(&said, nil)), func(set *frames.Set) {
		hubs := []*frames.Hub{capturetest.Camera(t, set, "imx708"), capturetest.Camera(t, set, "imx219")}
		for n := range 3 {
			lists := len(capturetest.StartsOf(t, startLog, "--list-cameras"))
			capturetest.Write(t, filepath.Join(dev, "video"+string(rune('0'+n))), "") // it lists
			capturetest.Eventually(t, "another list", 10*time.Second, func() bool { return len(capturetest.StartsOf(t, startLog, "--list-cameras")) > lists })
			var viewers []*frames.Viewer
			for _, hub := range hubs {
				viewers = append(viewers, hub.Join(t.Context(), 0))
			}
			for i, hub := range hubs {
				capturetest.Shows(t, viewers[i])
				if s := hub.Status(time.Now()); s.Restarts != 0 || s.Error != nil {
					t.Errorf("%s: %d restarts, error %+v", s.ID, s.Restarts, s.Error)
				}
			}
			for i, hub := range hubs {
				viewers[i].Leave()
				capturetest.ExpectState(t, hub, api.Idle, "")
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
			startLog, _ := capturetest.Installed(t)
			cfg := capture.Config{Drivers: sensors(""), IdleTimeout: time.Minute, Options: func(string) capture.Options { return capture.Options{Framerate: 10, Mode: mode} }}
			capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
				hub := capturetest.Camera(t, set, "imx708")
				v := hub.Join(t.Context(), 0)
				defer v.Leave()
				capturetest.Shows(t, v)
				capturetest.Eventually(t, "the mode is known", 5*time.Second, func() bool { return hub.Status(time.Now()).Mode != nil })
				if words != nil {
					capturetest.Eventually(t, "a warning", 5*time.Second, func() bool { return hub.Status(time.Now()).Warning != nil })
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
