package rpicam

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/fakecam"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

func TestFramesAreTheCamerasBytes(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	capturetest.Managed(t, capture.Config{Drivers: sensors(""), IdleTimeout: time.Minute}, startLog, func(set *frames.Set) {
		v := capturetest.Camera(t, set, "imx708").Join(t.Context(), 0)
		defer v.Leave()
		for range 12 {
			f, err := v.Next()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(fakecam.Frames(), f.JPEG) || f.Width != 640 || f.Height != 480 {
				t.Fatalf("a frame of %d bytes, %dx%d, is not one that was recorded", len(f.JPEG), f.Width, f.Height)
			}
		}
	})
}

func TestCameraIsOffUntilWatchedAndAfter(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	capturetest.Managed(t, capture.Config{Drivers: sensors(""), IdleTimeout: 0}, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "imx708")
		if n := len(capturetest.StreamsIn(t, startLog)); n != 0 {
			t.Fatalf("%d processes though nobody watches", n)
		}
		v := hub.Join(t.Context(), 0)
		if _, err := v.Next(); err != nil {
			t.Fatal(err)
		}
		v.Leave()
		capturetest.ExpectState(t, hub, api.Idle, "")
		pids := capturetest.StreamsIn(t, startLog)
		if len(pids) != 1 || capturetest.Running(pids[0]) {
			t.Errorf("started %v; want one, ended", pids)
		}
	})
}

func TestTwoCamerasDoNotDisturbEachOther(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	t.Setenv(fakecam.CamerasEnv, "2")
	capturetest.Managed(t, capture.Config{Drivers: sensors(""), IdleTimeout: time.Minute}, startLog, func(set *frames.Set) {
		for _, id := range []string{"imx219", "imx708"} {
			v := capturetest.Camera(t, set, id).Join(t.Context(), 0)
			defer v.Leave()
			if _, err := v.Next(); err != nil {
				t.Fatal(err)
			}
		}
		all := set.All()
		if len(all) != 2 || all[0].Camera().Name != "Porch" || all[1].Camera().Name != "Porch · imx219" {
			t.Errorf("names are %q and %q", all[0].Camera().Name, all[1].Camera().Name)
		}
	})
}

func TestOnlyTheWantedCamera(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	t.Setenv(fakecam.CamerasEnv, "2")
	capturetest.Managed(t, capture.Config{Drivers: sensors(""), Only: []string{"1"}}, startLog, func(set *frames.Set) {
		capturetest.Camera(t, set, "imx219")
		if n := len(set.All()); n != 1 {
			t.Errorf("%d cameras served, want the one asked for", n)
		}
	})
	capturetest.Managed(t, capture.Config{Drivers: sensors(""), Only: []string{"imx219"}}, startLog, func(set *frames.Set) {
		capturetest.Camera(t, set, "imx219")
	})
	capturetest.Managed(t, capture.Config{Drivers: sensors(""), Only: []string{"imx477"}}, startLog, func(set *frames.Set) {
		capturetest.ExpectState(t, capturetest.Camera(t, set, ""), api.Failed, api.CodeUnknownCamera)
	})
}

func TestNoProgram(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	capturetest.Managed(t, capture.Config{Drivers: sensors("")}, "/nonexistent/log", func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "")
		capturetest.ExpectState(t, hub, api.Failed, api.CodeProgramMissing)
	})
}

// TestRecovers goes through every way in which a camera fails and expects its
// words, then repairs it and expects the picture, on the same viewer.
func TestRecovers(t *testing.T) {
	tests := []struct {
		fault fakecam.Fault
		after string // good frames first
		state api.State
		code  api.Code // "" when no failure shows
	}{
		{fakecam.Busy, "", api.Failed, api.CodeCameraBusy},
		{fakecam.Crash, " 5", api.Failed, api.CodeCrashed},
		{fakecam.Exit, " 5", api.Failed, api.CodeEnded},
		{fakecam.Stall, " 5", api.Stalled, api.CodeStalled},
		{fakecam.Half, " 5", api.Live, ""},
		{fakecam.Huge, " 5", api.Live, ""},
		{fakecam.Flood, " 5", api.Live, ""},
		{fakecam.Firmware, "", api.Live, ""},
		{fakecam.IgnoreSIGINT, "", api.Live, ""},
		{fakecam.Garbage, " 5", api.Stalled, api.CodeStalled},
	}
	for _, tt := range tests {
		t.Run(string(tt.fault), func(t *testing.T) {
			startLog, faultFile := capturetest.Installed(t)
			capturetest.Write(t, faultFile, string(tt.fault)+tt.after)
			capturetest.Managed(t, capture.Config{Drivers: sensors(""), IdleTimeout: time.Minute}, startLog, func(set *frames.Set) {
				v := capturetest.Camera(t, set, "imx708").Join(t.Context(), 0)
				defer v.Leave()
				hub, _ := set.Get("imx708")
				capturetest.ExpectState(t, hub, tt.state, tt.code)
				if err := os.Remove(faultFile); err != nil {
					t.Fatal(err)
				}
				for range 20 {
					f, err := v.Next()
					if err != nil {
						t.Fatal(err)
					}
					if !bytes.Contains(fakecam.Frames(), f.JPEG) {
						t.Fatal("a frame was delivered that is none")
					}
				}
			})
		})
	}
}

func TestSensorThatComesLater(t *testing.T) {
	startLog, faultFile := capturetest.Installed(t)
	capturetest.Write(t, faultFile, string(fakecam.NoCamera))
	capturetest.Managed(t, capture.Config{Drivers: sensors(""), LookEvery: 100 * time.Millisecond}, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "")
		capturetest.ExpectState(t, hub, api.Failed, api.CodeNotDetected)
		v := hub.Join(t.Context(), 0)
		if err := os.Remove(faultFile); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Next(); err == nil {
			t.Error("the place holder has delivered a frame")
		}
		capturetest.Camera(t, set, "imx708")
	})
}

func TestASecondSensorIsServedWhenItsDeviceAppears(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	dev := t.TempDir()
	capturetest.Write(t, filepath.Join(dev, "media0"), "")
	cfg := capture.Config{Drivers: sensors(dev), LookEvery: 20 * time.Millisecond}
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		capturetest.Camera(t, set, "imx708")
		t.Setenv(fakecam.CamerasEnv, "2")
		capturetest.Write(t, filepath.Join(dev, "media1"), "")
		capturetest.Camera(t, set, "imx219")
		v := capturetest.Camera(t, set, "imx708").Join(t.Context(), 0)
		defer v.Leave()
		for range 60 { // a second program of the same camera would have started by now
			if _, err := v.Next(); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(capturetest.StreamsIn(t, startLog)); n != 1 {
			t.Errorf("the camera that was listed twice runs %d times", n)
		}
	})
}

func TestASleepingCameraIsFailedOnlyWhileItIsGone(t *testing.T) {
	startLog, faultFile := capturetest.Installed(t)
	dev := t.TempDir()
	cfg := capture.Config{Drivers: sensors(dev), LookEvery: 20 * time.Millisecond}
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "imx708")
		capturetest.Write(t, faultFile, string(fakecam.NoCamera))
		capturetest.Write(t, filepath.Join(dev, "media1"), "") // something has changed
		capturetest.ExpectState(t, hub, api.Failed, api.CodeNotDetected)
		if err := os.Remove(faultFile); err != nil {
			t.Fatal(err)
		}
		capturetest.ExpectState(t, hub, api.Idle, "")
	})
}
