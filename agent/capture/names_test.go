package capture

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// TestNames: the configuration's, else the agent's, with the id behind it for
// all but the first.
func TestNames(t *testing.T) {
	m := New(Config{
		Cameras: &frames.Set{}, AgentName: "Porch",
		Options: func(string) Options { return Options{} },
		Name:    func(id string) string { return map[string]string{"imx219": "Door"}[id] },
	})
	for id, want := range map[string]string{"imx219": "Door", "imx708": "Porch"} {
		if got := m.name(id); got != want {
			t.Errorf("%s is called %q, want %q", id, got, want)
		}
	}
	m.add("imx219", Options{}, 30)
	if got := m.name("imx708"); got != "Porch · imx708" {
		t.Errorf("the second camera is called %q", got)
	}
}

func TestACameraThatIsGoneIsNotStarted(t *testing.T) {
	_, err := New(Config{}).argv("imx708")
	if f, ok := errors.AsType[*failure](err); !ok || f.problem.Code != api.CodeNotDetected {
		t.Errorf("error %v", err)
	}
}

func TestDevices(t *testing.T) {
	dev := t.TempDir()
	for _, name := range []string{"video0", "media1", "null", "v4l-subdev0"} {
		write(t, filepath.Join(dev, name), "")
	}
	if got := strings.Join(devices(dev), " "); got != "media1 video0" {
		t.Errorf("devices %s", got)
	}
}

func TestABadCommandEndsTheAgent(t *testing.T) {
	err := New(Config{Source: Exec + `prog "open`, Cameras: &frames.Set{}, Log: quiet()}).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "quote") {
		t.Errorf("error %v", err)
	}
}

func TestPatternHasTheQualityAskedFor(t *testing.T) {
	size := map[int]int{}
	for _, quality := range []int{0, 10, 95} {
		cfg := Config{Source: Pattern, IdleTimeout: time.Minute, Options: func(id string) Options {
			if id != "pattern" {
				t.Errorf("asked for the options of %s", id)
			}
			return Options{Width: 320, Height: 240, Framerate: 30, Quality: quality}
		}}
		managed(t, cfg, "/nonexistent/log", func(set *frames.Set) {
			v := camera(t, set, "pattern").Join(t.Context(), 0)
			defer v.Leave()
			f, err := v.Next()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := jpeg.Decode(bytes.NewReader(f.JPEG)); err != nil {
				t.Error(err)
			}
			size[quality] = len(f.JPEG)
		})
	}
	if size[10] >= size[0] || size[0] >= size[95] {
		t.Errorf("bytes by quality: %v", size)
	}
}

// TestLongExposures: all that waits for a frame knows how long it takes, and the
// sensor's mode need not be faster.
func TestLongExposures(t *testing.T) {
	startLog, _ := installed(t)
	cfg := Config{Source: Auto, IdleTimeout: time.Minute, Options: func(string) Options {
		return Options{Width: 640, Height: 480, Framerate: 60, Shutter: 50 * time.Millisecond}
	}}
	managed(t, cfg, startLog, func(set *frames.Set) {
		hub := camera(t, set, "imx708")
		if got := hub.Status(time.Now()).Framerate; got != 20 || hub.Camera().Interval() != 50*time.Millisecond {
			t.Errorf("%v frames per second, one each %v", got, hub.Camera().Interval())
		}
		v := hub.Join(t.Context(), 0)
		defer v.Leave()
		if _, err := v.Next(); err != nil {
			t.Fatal(err)
		}
		if log, err := os.ReadFile(startLog); err != nil || !strings.Contains(string(log), "--framerate 20 --shutter 50000") {
			t.Errorf("started %s, error %v", log, err)
		}
	})
}

// TestCamerasAreListedAnewAfterAFailure: the reason may be that they are others
// now.
func TestCamerasAreListedAnewAfterAFailure(t *testing.T) {
	startLog, faultFile := installed(t)
	managed(t, Config{Source: Auto, IdleTimeout: time.Minute, LookEvery: time.Hour, DeviceDir: t.TempDir()}, startLog, func(set *frames.Set) {
		hub := camera(t, set, "imx708")
		write(t, faultFile, string(fakecam.Crash)+" 1")
		t.Setenv(fakecam.CamerasEnv, "2")
		defer hub.Join(t.Context(), 0).Leave()
		expectState(t, hub, api.Failed, api.CodeCrashed)
		camera(t, set, "imx219")
	})
}

// TestMissingCamerasAreLoggedOnce: not each time nothing is found.
func TestMissingCamerasAreLoggedOnce(t *testing.T) {
	var said bytes.Buffer
	cfg := Config{Cameras: &frames.Set{}, Log: slog.New(slog.NewTextHandler(&said, nil)), Options: func(string) Options { return Options{} }, Name: func(string) string { return "" }}
	m := New(cfg)
	last := ""
	for range 5 {
		last = m.showNoSensors(&failure{problem: api.Problem{Code: api.CodeNotDetected, Message: "Gone."}}, last)
	}
	last = m.showNoSensors(context.DeadlineExceeded, last)
	if n := strings.Count(said.String(), "level=WARN"); n != 2 || last != context.DeadlineExceeded.Error() {
		t.Errorf("%d lines, last %q:\n%s", n, last, &said)
	}
	if hub, ok := cfg.Cameras.Get(provisional); !ok || len(cfg.Cameras.All()) != 1 {
		t.Error("nothing stands for the missing cameras")
	} else if _, p := hub.State(); p == nil || p.Code != api.CodeCrashed {
		t.Errorf("what nobody knows became %+v", p)
	}
}

// TestAFoundCameraMakesTheNextAbsenceNews: it is logged again.
func TestAFoundCameraMakesTheNextAbsenceNews(t *testing.T) {
	startLog, faultFile := installed(t)
	said := &lines{}
	write(t, faultFile, string(fakecam.NoCamera))
	cfg := Config{Source: Auto, LookEvery: 20 * time.Millisecond, DeviceDir: t.TempDir()}
	absences := func() (n int) {
		for _, line := range said.last() {
			if strings.Contains(line, "No camera was found") {
				n++
			}
		}
		return n
	}
	managedLog(t, cfg, startLog, slog.New(slog.NewTextHandler(said, nil)), func(set *frames.Set) {
		eventually(t, "a first warning", 10*time.Second, func() bool { return absences() == 1 })
		if err := os.Remove(faultFile); err != nil {
			t.Fatal(err)
		}
		camera(t, set, "imx708")
		write(t, faultFile, string(fakecam.NoCamera))
		write(t, filepath.Join(cfg.DeviceDir, "media7"), "")
		eventually(t, "a second warning", 10*time.Second, func() bool { return absences() == 2 })
	})
}
