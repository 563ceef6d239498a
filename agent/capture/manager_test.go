package capture

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
	"pigrid/agent/frames"
	"pigrid/agent/identity"
	"pigrid/shared/api"
)

// managed runs a Manager over the stand-in while f runs, and checks that its
// end takes less than two seconds and leaves no process.
func managed(t *testing.T, cfg Config, startLog string, f func(*frames.Set)) {
	t.Helper()
	managedLog(t, cfg, startLog, quiet(), f)
}

func managedLog(t *testing.T, cfg Config, startLog string, log *slog.Logger, f func(*frames.Set)) {
	t.Helper()
	ids, err := identity.OpenCameraIDs("")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Cameras, cfg.IDs, cfg.Log, cfg.AgentName = &frames.Set{}, ids, log, "Porch"
	if cfg.Options == nil {
		cfg.Options = func(string) Options { return Options{Width: 640, Height: 480, Framerate: 60} }
	}
	cfg.Name = func(string) string { return "" }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- New(cfg).Run(ctx) }()
	defer func() {
		start := time.Now()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("the end took %v", d)
		}
		for _, pid := range streamsIn(t, startLog) {
			if running(pid) {
				t.Errorf("process %d was left behind", pid)
			}
		}
	}()
	f(cfg.Cameras)
}

// camera waits until the agent has a camera.
func camera(t *testing.T, set *frames.Set, id string) *frames.Hub {
	t.Helper()
	var hub *frames.Hub
	eventually(t, "camera "+id+" is there", 10*time.Second, func() bool {
		var ok bool
		hub, ok = set.Get(id)
		return ok
	})
	return hub
}

func expectState(t *testing.T, hub *frames.Hub, want api.State, code api.Code) {
	t.Helper()
	eventually(t, string(want)+" "+string(code), 15*time.Second, func() bool {
		state, p := hub.State()
		return state == want && (code == "" || p != nil && p.Code == code)
	})
}

func TestFramesAreTheCamerasBytes(t *testing.T) {
	startLog, _ := installed(t)
	managed(t, Config{Source: Auto, IdleTimeout: time.Minute}, startLog, func(set *frames.Set) {
		v := camera(t, set, "imx708").Join(t.Context(), 0)
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
	startLog, _ := installed(t)
	managed(t, Config{Source: Auto, IdleTimeout: 0}, startLog, func(set *frames.Set) {
		hub := camera(t, set, "imx708")
		if n := len(streamsIn(t, startLog)); n != 0 {
			t.Fatalf("%d processes though nobody watches", n)
		}
		v := hub.Join(t.Context(), 0)
		if _, err := v.Next(); err != nil {
			t.Fatal(err)
		}
		v.Leave()
		expectState(t, hub, api.Idle, "")
		pids := streamsIn(t, startLog)
		if len(pids) != 1 || running(pids[0]) {
			t.Errorf("started %v; want one, ended", pids)
		}
	})
}

func TestTwoCamerasDoNotDisturbEachOther(t *testing.T) {
	startLog, _ := installed(t)
	t.Setenv(fakecam.CamerasEnv, "2")
	managed(t, Config{Source: Auto, IdleTimeout: time.Minute}, startLog, func(set *frames.Set) {
		for _, id := range []string{"imx219", "imx708"} {
			v := camera(t, set, id).Join(t.Context(), 0)
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
	startLog, _ := installed(t)
	t.Setenv(fakecam.CamerasEnv, "2")
	managed(t, Config{Source: Auto, Only: []string{"1"}}, startLog, func(set *frames.Set) {
		camera(t, set, "imx219")
		if n := len(set.All()); n != 1 {
			t.Errorf("%d cameras served, want the one asked for", n)
		}
	})
	managed(t, Config{Source: Auto, Only: []string{"imx219"}}, startLog, func(set *frames.Set) {
		camera(t, set, "imx219")
	})
	managed(t, Config{Source: Auto, Only: []string{"imx477"}}, startLog, func(set *frames.Set) {
		expectState(t, camera(t, set, ""), api.Failed, api.CodeUnknownCamera)
	})
}

func TestNoProgram(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	managed(t, Config{Source: Auto}, "/nonexistent/log", func(set *frames.Set) {
		hub := camera(t, set, "")
		expectState(t, hub, api.Failed, api.CodeProgramMissing)
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
			startLog, faultFile := installed(t)
			write(t, faultFile, string(tt.fault)+tt.after)
			managed(t, Config{Source: Auto, IdleTimeout: time.Minute}, startLog, func(set *frames.Set) {
				v := camera(t, set, "imx708").Join(t.Context(), 0)
				defer v.Leave()
				hub, _ := set.Get("imx708")
				expectState(t, hub, tt.state, tt.code)
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
	startLog, faultFile := installed(t)
	write(t, faultFile, string(fakecam.NoCamera))
	managed(t, Config{Source: Auto, LookEvery: 100 * time.Millisecond}, startLog, func(set *frames.Set) {
		hub := camera(t, set, "")
		expectState(t, hub, api.Failed, api.CodeNotDetected)
		v := hub.Join(t.Context(), 0)
		if err := os.Remove(faultFile); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Next(); err == nil {
			t.Error("the place holder has delivered a frame")
		}
		camera(t, set, "imx708")
	})
}

func TestASecondSensorIsServedWhenItsDeviceAppears(t *testing.T) {
	startLog, _ := installed(t)
	dev := t.TempDir()
	write(t, filepath.Join(dev, "media0"), "")
	cfg := Config{Source: Auto, LookEvery: 20 * time.Millisecond, DeviceDir: dev}
	managed(t, cfg, startLog, func(set *frames.Set) {
		camera(t, set, "imx708")
		t.Setenv(fakecam.CamerasEnv, "2")
		write(t, filepath.Join(dev, "media1"), "")
		camera(t, set, "imx219")
		v := camera(t, set, "imx708").Join(t.Context(), 0)
		defer v.Leave()
		for range 60 { // a second program of the same camera would have started by now
			if _, err := v.Next(); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(streamsIn(t, startLog)); n != 1 {
			t.Errorf("the camera that was listed twice runs %d times", n)
		}
	})
}

func TestASleepingCameraIsFailedOnlyWhileItIsGone(t *testing.T) {
	startLog, faultFile := installed(t)
	dev := t.TempDir()
	cfg := Config{Source: Auto, LookEvery: 20 * time.Millisecond, DeviceDir: dev}
	managed(t, cfg, startLog, func(set *frames.Set) {
		hub := camera(t, set, "imx708")
		write(t, faultFile, string(fakecam.NoCamera))
		write(t, filepath.Join(dev, "media1"), "") // something has changed
		expectState(t, hub, api.Failed, api.CodeNotDetected)
		if err := os.Remove(faultFile); err != nil {
			t.Fatal(err)
		}
		expectState(t, hub, api.Idle, "")
	})
}

func TestAFailedListBlamesNoKnownCamera(t *testing.T) {
	hub := frames.NewHub(frames.Camera{ID: "imx708"})
	cfg := Config{Cameras: &frames.Set{}, Log: quiet()}
	cfg.Cameras.Add(hub)
	m := New(cfg)
	m.again["imx708"] = make(chan struct{}, 1)
	there := []found{{id: "imx708", sensor: Sensor{Model: "imx708"}}}
	m.remember("/usr/bin/rpicam-vid", there, nil)
	for _, code := range []api.Code{api.CodeCrashed, api.CodeProgramMissing} {
		err := &failure{problem: api.Problem{Code: code}}
		m.remember("", nil, err)
		m.showPresence(err)
		hub.SetState(api.Failed, nil)
		m.showPresence(err)
		if state, _ := hub.State(); state != api.Failed {
			t.Errorf("%s: a failed camera became %s though nobody knows of it", code, state)
		}
		hub.SetState(api.Idle, nil)
		m.showPresence(err)
		if state, _ := hub.State(); state != api.Idle || len(m.sensors) != 1 {
			t.Errorf("%s: state %s, %d sensors known; want the camera asleep and known", code, state, len(m.sensors))
		}
	}
	gone := &failure{problem: notDetected()}
	m.remember("/usr/bin/rpicam-vid", nil, gone)
	m.showPresence(gone)
	if state, _ := hub.State(); state != api.Failed || len(m.sensors) != 0 {
		t.Errorf("state %s, %d sensors known; want the camera failed and forgotten", state, len(m.sensors))
	}
	m.remember("/usr/bin/rpicam-vid", there, nil)
	m.showPresence(nil)
	if state, p := hub.State(); state != api.Idle || p != nil {
		t.Errorf("state %s %v after it was found again", state, p)
	}
	for want := range 2 { // the second list is no news
		if n := len(m.again["imx708"]); n != 1-want {
			t.Errorf("its return was told %d times, want %d", n, 1-want)
		}
		for len(m.again["imx708"]) > 0 {
			<-m.again["imx708"]
		}
		m.remember("/usr/bin/rpicam-vid", there, nil)
	}
}

func TestExecSource(t *testing.T) {
	startLog, _ := installed(t)
	command := filepath.Join(filepath.Dir(startLog), fakecam.ProgramName) + " -t 0 -o -"
	managed(t, Config{Source: Exec + command, IdleTimeout: time.Minute}, startLog, func(set *frames.Set) {
		v := camera(t, set, "exec").Join(t.Context(), 0)
		defer v.Leave()
		if _, err := v.Next(); err != nil {
			t.Fatal(err)
		}
	})
	managed(t, Config{Source: Exec + "no-such-program --x", IdleTimeout: -1}, startLog, func(set *frames.Set) {
		expectState(t, camera(t, set, "exec"), api.Failed, api.CodeProgramMissing)
	})
}

// TestAnExecSourceThatIsTooSlowIsToldOfItsRate: cables are not to blame.
func TestAnExecSourceThatIsTooSlowIsToldOfItsRate(t *testing.T) {
	startLog, faultFile := installed(t)
	write(t, faultFile, string(fakecam.Stall)+" 1")
	command := filepath.Join(filepath.Dir(startLog), fakecam.ProgramName) + " -t 0 -o -"
	managed(t, Config{Source: Exec + command, IdleTimeout: time.Minute}, startLog, func(set *frames.Set) {
		hub := camera(t, set, "exec")
		defer hub.Join(t.Context(), 0).Leave()
		expectState(t, hub, api.Stalled, api.CodeStalled)
		if _, p := hub.State(); p == nil || !strings.Contains(p.Hint, "--framerate") || strings.Contains(p.Hint, "cable") {
			t.Errorf("it says %+v", p)
		}
	})
}
