package rpicam

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/fakecam"
	"pigrid/agent/capture/process"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// sensors are the drivers of an agent that serves sensors only.
func sensors(dev string) []capture.Driver { return []capture.Driver{New(dev)} }

// TestAProgramThatComesIsASign: it is not waited for as rarely as cameras.
func TestAProgramThatComesIsASign(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	program := filepath.Join(filepath.Dir(startLog), fakecam.ProgramName)
	d := New(t.TempDir())
	with := d.Signs(t.Context())
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	if without := d.Signs(t.Context()); slices.Equal(with, without) {
		t.Errorf("the signs are %q with rpicam-vid and without", with)
	}
}

func TestACameraThatIsGoneIsNotStarted(t *testing.T) {
	_, err := New("").argv("/base/imx708", capture.Options{})
	if f, ok := errors.AsType[*capture.Failure](err); !ok || f.Problem.Code != api.CodeNotDetected {
		t.Errorf("error %v", err)
	}
}

func TestDevices(t *testing.T) {
	dev := t.TempDir()
	for _, name := range []string{"video0", "media1", "null", "v4l-subdev0"} {
		capturetest.Write(t, filepath.Join(dev, name), "")
	}
	if got := strings.Join(devices(dev), " "); got != "media1 video0" {
		t.Errorf("devices %s", got)
	}
}

// TestLongExposures: all that waits for a frame knows how long it takes, and the
// sensor's mode need not be faster.
func TestLongExposures(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	cfg := capture.Config{Drivers: sensors(""), IdleTimeout: time.Minute, Options: func(string) capture.Options {
		return capture.Options{Width: 640, Height: 480, Framerate: 60, Shutter: 50 * time.Millisecond}
	}}
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "imx708")
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
	startLog, faultFile := capturetest.Installed(t)
	capturetest.Managed(t, capture.Config{Drivers: sensors(t.TempDir()), IdleTimeout: time.Minute, LookEvery: time.Hour}, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "imx708")
		capturetest.Write(t, faultFile, string(fakecam.Crash)+" 1")
		t.Setenv(fakecam.CamerasEnv, "2")
		defer hub.Join(t.Context(), 0).Leave()
		capturetest.ExpectState(t, hub, api.Failed, api.CodeCrashed)
		capturetest.Camera(t, set, "imx219")
	})
}

// TestAFoundCameraMakesTheNextAbsenceNews: it is logged again.
func TestAFoundCameraMakesTheNextAbsenceNews(t *testing.T) {
	startLog, faultFile := capturetest.Installed(t)
	said := &process.Lines{}
	capturetest.Write(t, faultFile, string(fakecam.NoCamera))
	dev := t.TempDir()
	cfg := capture.Config{Drivers: sensors(dev), LookEvery: 20 * time.Millisecond}
	absences := func() (n int) {
		for _, line := range said.Last() {
			if strings.Contains(line, "No camera was found") {
				n++
			}
		}
		return n
	}
	capturetest.ManagedLog(t, cfg, startLog, slog.New(slog.NewTextHandler(said, nil)), func(set *frames.Set) {
		capturetest.Eventually(t, "a first warning", 10*time.Second, func() bool { return absences() == 1 })
		if err := os.Remove(faultFile); err != nil {
			t.Fatal(err)
		}
		capturetest.Camera(t, set, "imx708")
		capturetest.Write(t, faultFile, string(fakecam.NoCamera))
		capturetest.Write(t, filepath.Join(dev, "media7"), "")
		capturetest.Eventually(t, "a second warning", 10*time.Second, func() bool { return absences() == 2 })
	})
}
