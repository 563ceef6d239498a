package usb

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/fakecam"
	"pigrid/agent/capture/process"
	"pigrid/agent/capture/rpicam"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// provisional is the id of the camera that stands for "none found yet".
const provisional = "camera"

// drivers are those of an agent that serves sensors and webcams.
func drivers(dev string, query func(string) ([]webcamMode, error)) []capture.Driver {
	return []capture.Driver{rpicam.New(dev), newDriver(dev, capturetest.Quiet(), query)}
}

// usb is a machine with the stand-in for ffmpeg on the PATH, but no rpicam-vid.
func usb(t *testing.T) (cfg capture.Config, dev, startLog, faultFile string) {
	t.Helper()
	startLog, faultFile = capturetest.Installed(t)
	bin := filepath.Dir(startLog)
	if err := os.Remove(filepath.Join(bin, fakecam.ProgramName)); err != nil {
		t.Fatal(err)
	}
	if _, err := fakecam.InstallFFmpeg(bin); err != nil {
		t.Fatal(err)
	}
	dev = t.TempDir()
	return capture.Config{Drivers: drivers(dev, vga), IdleTimeout: time.Minute, LookEvery: 20 * time.Millisecond}, dev, startLog, faultFile
}

// moves reads some frames of a camera that were recorded.
func moves(t *testing.T, v *frames.Viewer) {
	t.Helper()
	for range 5 {
		f, err := v.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(fakecam.Frames(), f.JPEG) {
			t.Fatal("a frame was delivered that is none")
		}
	}
}

// TestOnlyAWebcam: that there is no rpicam-vid is no failure then.
func TestOnlyAWebcam(t *testing.T) {
	cfg, dev, startLog, _ := usb(t)
	link := plug(t, dev, c920, "video0")
	quietly(t, cfg, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "c920")
		capturetest.ExpectState(t, hub, api.Idle, "")
		v := hub.Join(t.Context(), 0)
		defer v.Leave()
		moves(t, v)
		if len(set.All()) != 1 || hub.Camera().Name != "Porch" {
			t.Errorf("%d cameras, the first is called %q", len(set.All()), hub.Camera().Name)
		}
		log, err := os.ReadFile(startLog)
		if starts := fakecam.FFmpegStarts(string(log)); err != nil || len(starts) != 1 || !strings.Contains(starts[0], "-framerate 30 -video_size 640x480 -i "+link) {
			t.Errorf("started %q, error %v", starts, err)
		}
	})
}

// TestAWebcamAndNoSensor: that is no failure either.
func TestAWebcamAndNoSensor(t *testing.T) {
	cfg, dev, startLog, faultFile := usb(t)
	if _, err := fakecam.Install(filepath.Dir(startLog)); err != nil {
		t.Fatal(err)
	}
	capturetest.Write(t, faultFile, string(fakecam.NoCamera))
	plug(t, dev, c920, "video0")
	quietly(t, cfg, startLog, func(set *frames.Set) {
		capturetest.ExpectState(t, capturetest.Camera(t, set, "c920"), api.Idle, "")
	})
}

// quietly is managed that fails when the log has a warning.
func quietly(t *testing.T, cfg capture.Config, startLog string, f func(*frames.Set)) {
	t.Helper()
	said := &process.Lines{}
	capturetest.ManagedLog(t, cfg, startLog, slog.New(slog.NewTextHandler(said, nil)), f)
	for _, line := range said.Last() {
		if strings.Contains(line, "level=WARN") {
			t.Error(line)
		}
	}
}

// TestWebcamsComeAfterSensors, and each does without the other.
func TestWebcamsComeAfterSensors(t *testing.T) {
	cfg, dev, startLog, faultFile := usb(t)
	if _, err := fakecam.Install(filepath.Dir(startLog)); err != nil {
		t.Fatal(err)
	}
	plug(t, dev, c920, "video0")
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		webcam := capturetest.Camera(t, set, "c920")
		if all := set.All(); len(all) != 2 || all[0].Camera().ID != "imx708" || webcam.Camera().Name != "Porch · c920" {
			t.Fatalf("%d cameras, the webcam is called %s", len(all), webcam.Camera().Name)
		}
		v := webcam.Join(t.Context(), 0)
		defer v.Leave()
		moves(t, v)
		capturetest.Write(t, faultFile, string(fakecam.NoCamera))
		capturetest.Write(t, filepath.Join(dev, "media9"), "")
		sensor := capturetest.Camera(t, set, "imx708")
		capturetest.ExpectState(t, sensor, api.Failed, api.CodeNotDetected)
		moves(t, v)
		if state, _ := webcam.State(); state != api.Live {
			t.Errorf("the webcam is %s", state)
		}
	})
}

func TestSourceRpicamHasNoWebcams(t *testing.T) {
	cfg, dev, startLog, _ := usb(t)
	cfg.Drivers = cfg.Drivers[:1]
	plug(t, dev, c920, "video0")
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		capturetest.ExpectState(t, capturetest.Camera(t, set, provisional), api.Failed, api.CodeProgramMissing)
	})
}

// TestPlugAndUnplug: all without a restart, on the same viewer.
func TestPlugAndUnplug(t *testing.T) {
	cfg, dev, startLog, _ := usb(t)
	said := &process.Lines{}
	capturetest.ManagedLog(t, cfg, startLog, slog.New(slog.NewTextHandler(said, nil)), func(set *frames.Set) {
		capturetest.ExpectState(t, capturetest.Camera(t, set, provisional), api.Failed, api.CodeProgramMissing)
		link := plug(t, dev, c920, "video0")
		hub := capturetest.Camera(t, set, "c920")
		if _, still := set.Get(provisional); still {
			t.Error("the place holder is still there")
		}
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
		capturetest.ExpectState(t, hub, api.Failed, api.CodeNotDetected)
		if _, p := hub.State(); p == nil || !strings.Contains(p.Message, "plugged in") {
			t.Errorf("an unplugged webcam is told of as %+v", p)
		}
		v := hub.Join(t.Context(), 0) // its start fails, too
		defer v.Leave()
		capturetest.Eventually(t, "a try", 10*time.Second, func() bool { return hub.Status(time.Now()).Restarts > 0 })
		plug(t, dev, filepath.Base(link), "video1")
		moves(t, v)
		plug(t, dev, strings.Replace(c920, "5B9D", "0000", 1), "video2")
		capturetest.Camera(t, set, "c920-2")
	})
	log := strings.Join(said.Last(), "\n")
	for what, want := range map[string]int{"camera found": 2, "camera gone": 1, "camera back": 1} {
		if n := strings.Count(log, what); n != want {
			t.Errorf("%q is logged %d times, want %d:\n%s", what, n, want, log)
		}
	}
}

// TestFFmpegMissing: a webcam is shown with what it needs, and heals by itself.
func TestFFmpegMissing(t *testing.T) {
	cfg, dev, startLog, _ := usb(t)
	bin := filepath.Dir(startLog)
	if err := os.Remove(filepath.Join(bin, fakecam.FFmpegName)); err != nil {
		t.Fatal(err)
	}
	plug(t, dev, c920, "video0")
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "c920")
		capturetest.ExpectState(t, hub, api.Failed, api.CodeProgramMissing)
		if _, p := hub.State(); p == nil || !strings.Contains(p.Message, "needs ffmpeg") || !strings.Contains(p.Hint, "sudo apt install ffmpeg") {
			t.Errorf("it says %+v", p)
		}
		if _, err := fakecam.InstallFFmpeg(bin); err != nil {
			t.Fatal(err)
		}
		capturetest.ExpectState(t, hub, api.Idle, "")
		v := hub.Join(t.Context(), 0)
		defer v.Leave()
		moves(t, v)
	})
}

func TestAWebcamThatMayNotBeUsed(t *testing.T) {
	cfg, dev, startLog, _ := usb(t)
	cfg.Drivers = drivers(dev, func(string) ([]webcamMode, error) { return nil, os.ErrPermission })
	plug(t, dev, c920, "video0")
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		capturetest.ExpectState(t, capturetest.Camera(t, set, "c920"), api.Failed, api.CodePermission)
	})
}

// TestWebcamFailuresHaveFFmpegsWords, and heal.
func TestWebcamFailuresHaveFFmpegsWords(t *testing.T) {
	cfg, dev, startLog, faultFile := usb(t)
	plug(t, dev, c920, "video0")
	capturetest.Write(t, faultFile, string(fakecam.Busy))
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "c920")
		v := hub.Join(t.Context(), 0)
		defer v.Leave()
		capturetest.ExpectState(t, hub, api.Failed, api.CodeCameraBusy)
		if err := os.Remove(faultFile); err != nil {
			t.Fatal(err)
		}
		moves(t, v)
	})
}

// TestWebcamFailuresAreNotASensors: advice about flat cables is of no use.
func TestWebcamFailuresAreNotASensors(t *testing.T) {
	cfg, dev, startLog, _ := usb(t)
	plug(t, dev, c920, "video0")
	if err := os.Remove(filepath.Join(dev, "video0")); err != nil { // udev is late
		t.Fatal(err)
	}
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "c920")
		defer hub.Join(t.Context(), 0).Leave()
		capturetest.ExpectState(t, hub, api.Failed, api.CodeNotDetected)
		if _, p := hub.State(); p == nil || !strings.Contains(p.Message, "webcam is not plugged in") {
			t.Errorf("it says %+v", p)
		}
	})
}

// TestABusyWebcamNamesWhoHasIt: the one that has this very device.
func TestABusyWebcamNamesWhoHasIt(t *testing.T) {
	cfg, dev, startLog, faultFile := usb(t)
	plug(t, dev, c920, "video0")
	capturetest.Write(t, faultFile, string(fakecam.Busy))
	// A process of nobody's: the shell that started it ends.
	out, err := exec.CommandContext(t.Context(), "/bin/sh", "-c", `/bin/sleep 300 <"$0" >/dev/null 2>&1 & echo $!`, filepath.Join(dev, "video0")).Output()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGKILL) }()
	device, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/0", pid))
	if err != nil {
		t.Fatal(err)
	}
	proc, add := capturetest.Proc(t) // this test may be confined and see too little of the real one
	add(strconv.Itoa(pid), "sleep", device)
	cfg.Drivers[1].(*Driver).proc = proc
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "c920")
		defer hub.Join(t.Context(), 0).Leave()
		capturetest.ExpectState(t, hub, api.Failed, api.CodeCameraBusy)
		if _, p := hub.State(); p == nil || !strings.Contains(p.Message, fmt.Sprintf("(process %d)", pid)) {
			t.Errorf("it says %+v", p)
		}
	})
}

// TestAWebcamWithoutTables: everybody can read its pictures.
func TestAWebcamWithoutTables(t *testing.T) {
	cfg, dev, startLog, faultFile := usb(t)
	plug(t, dev, c920, "video0")
	capturetest.Write(t, faultFile, string(fakecam.NoTables))
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		v := capturetest.Camera(t, set, "c920").Join(t.Context(), 0)
		defer v.Leave()
		f, err := v.Next()
		if err != nil {
			t.Fatal(err)
		}
		if img, err := jpeg.Decode(bytes.NewReader(f.JPEG)); err != nil || img.Bounds() != image.Rect(0, 0, 640, 480) {
			t.Errorf("the picture cannot be read: %v", err)
		}
	})
}

func TestOnlyTheWantedWebcam(t *testing.T) {
	cfg, dev, startLog, _ := usb(t)
	plug(t, dev, c920, "video0")
	plug(t, dev, c270, "video2")
	cfg.Only = []string{"c270"}
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		capturetest.Camera(t, set, "c270")
		if n := len(set.All()); n != 1 {
			t.Errorf("%d cameras", n)
		}
	})
	cfg.Only = []string{"0"} // an index is a sensor's
	capturetest.Managed(t, cfg, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, provisional)
		capturetest.ExpectState(t, hub, api.Failed, api.CodeUnknownCamera)
		if _, p := hub.State(); p == nil || !strings.Contains(p.Hint, "c270, c920") {
			t.Errorf("it says %+v", p)
		}
	})
}
