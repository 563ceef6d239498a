package capture

import (
	"log/slog"
	"strings"
	"testing"
	"time"

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
	startLog, _ := installed(t)
	said := &lines{}
	cfg := Config{Source: Auto, IdleTimeout: 0, Options: func(string) Options {
		return Options{Width: 640, Height: 480, Framerate: 60, PostProcess: "/etc/imx500.json"}
	}}
	managedLog(t, cfg, startLog, slog.New(slog.NewTextHandler(said, nil)), func(set *frames.Set) {
		hub := camera(t, set, "imx708")
		for range 2 {
			v := hub.Join(t.Context(), 0)
			if _, err := v.Next(); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the warning is there", 5*time.Second, func() bool { return hub.Status(time.Now()).Warning != nil })
			s := hub.Status(time.Now())
			if s.State != api.Live || s.Error != nil || s.Warning.Code != api.CodeAIMissing || !strings.Contains(s.Warning.Message, "imx500_object_detection") {
				t.Errorf("%s, error %+v, warning %+v", s.State, s.Error, s.Warning)
			}
			v.Leave()
			expectState(t, hub, api.Idle, "")
		}
	})
	if n := strings.Count(strings.Join(said.last(), "\n"), "imx500_object_detection"); n != 1 {
		t.Errorf("%d lines in the log, want one: %q", n, said.last())
	}
}

// TestAWarningEndsWithItsReason: the next start may be as asked.
func TestAWarningEndsWithItsReason(t *testing.T) {
	src := &script{sessions: []session{failAfter(0), deliver(-1, time.Second)}}
	supervised(t, src, -1, func(t *testing.T, hub *frames.Hub) {
		hub.SetWarning(&api.Problem{Code: api.CodeAIMissing})
		time.Sleep(2 * time.Second)
		if s := hub.Status(time.Now()); s.State != api.Live || s.Warning != nil {
			t.Errorf("%s, warning %+v", s.State, s.Warning)
		}
	})
}
