package rpicam

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/process"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

func TestStageMissing(t *testing.T) {
	for stage, want := range map[string]string{
		"imx500_object_detection": "imx500-all",
		"hailo_yolo_inference":    "hailo-all",
		"object_detect_draw_cv":   "rpicam-apps-opencv-postprocess",
		"mine":                    "rpicam-apps",
	} {
		p := stageMissing(`No post processing stage found for "` + stage + `"`)
		if p == nil || p.Code != api.CodeAIMissing || !strings.Contains(p.Hint, "apt install "+want+".") || !strings.Contains(p.Message, stage) {
			t.Errorf("%s: %+v, want %s", stage, p, want)
		}
	}
	for _, line := range []string{"", "Stream configuration adjusted", `No post processing stage found for ""`, `No post processing stage found for "` + strings.Repeat("x", 65) + `"`, "No post processing stage found for \"a\x1b[31m\""} {
		if p := stageMissing(line); p != nil {
			t.Errorf("%q: %+v", line, p)
		}
	}
}

// TestAMissingStageIsAWarning: pictures come, and it is said why they are not as
// asked, once in the log.
func TestAMissingStageIsAWarning(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	said := &process.Lines{}
	cfg := capture.Config{Drivers: sensors(""), IdleTimeout: 0, Options: func(string) capture.Options {
		return capture.Options{Width: 640, Height: 480, Framerate: 60, PostProcess: "/etc/imx500.json"}
	}}
	capturetest.ManagedLog(t, cfg, startLog, slog.New(slog.NewTextHandler(said, nil)), func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "imx708")
		for range 2 {
			v := hub.Join(t.Context(), 0)
			if _, err := v.Next(); err != nil {
				t.Fatal(err)
			}
			capturetest.Eventually(t, "the warning is there", 5*time.Second, func() bool { return hub.Status(time.Now()).Warning != nil })
			s := hub.Status(time.Now())
			if s.State != api.Live || s.Error != nil || s.Warning.Code != api.CodeAIMissing || !strings.Contains(s.Warning.Message, "imx500_object_detection") {
				t.Errorf("%s, error %+v, warning %+v", s.State, s.Error, s.Warning)
			}
			v.Leave()
			capturetest.ExpectState(t, hub, api.Idle, "")
		}
	})
	if n := strings.Count(strings.Join(said.Last(), "\n"), "imx500_object_detection"); n != 1 {
		t.Errorf("%d lines in the log, want one: %q", n, said.Last())
	}
}
