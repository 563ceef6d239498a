package rpicam

import (
	"image"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/process"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// hailoAsset has the form of rpicam-apps' own.
const hailoAsset = `{"rpicam-apps": {"lores": {"width": 640, "height": 640, "format": "rgb"}}, "hailo_yolo_inference": {"threshold": 0.4}, "object_detect_draw_cv": {}}`

// TestASizeThatIsTooSmallForTheAI: it is said which size to set, and that no
// picture comes; with that size it comes.
func TestASizeThatIsTooSmallForTheAI(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	asset := filepath.Join(t.TempDir(), "hailo_yolov8_inference.json")
	capturetest.Write(t, asset, hailoAsset)
	var large atomic.Bool
	said := &process.Lines{}
	cfg := capture.Config{Drivers: sensors(""), IdleTimeout: time.Minute, Options: func(string) capture.Options {
		o := capture.Options{Framerate: 30, PostProcess: asset}
		if large.Load() {
			o.Width, o.Height = 1280, 720
		}
		return o
	}}
	capturetest.ManagedLog(t, cfg, startLog, slog.New(slog.NewTextHandler(said, nil)), func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "imx708")
		v := hub.Join(t.Context(), 0)
		defer v.Leave()
		capturetest.ExpectState(t, hub, api.Failed, api.CodeSize)
		s := hub.Status(time.Now())
		if s.Warning != nil || strings.Contains(strings.Join(said.Last(), "\n"), "comes without") {
			t.Errorf("no picture comes, and it warns of it: %+v\n%q", s.Warning, said.Last())
		}
		for _, word := range []string{"640x360", "640x640", "hailo_yolov8_inference.json"} {
			if !strings.Contains(s.Error.Message, word) {
				t.Errorf("%q lacks %s", s.Error.Message, word)
			}
		}
		if !strings.Contains(s.Error.Hint, "--width 1280 --height 720") {
			t.Errorf("hint %q", s.Error.Hint)
		}
		large.Store(true)
		capturetest.Shows(t, v)
		capturetest.Eventually(t, "a warning", 5*time.Second, func() bool { return hub.Status(time.Now()).Warning != nil })
	})
}

func TestTooSmall(t *testing.T) {
	imx708, imx219 := image.Pt(4608, 2592), image.Pt(3280, 2464)
	for name, test := range map[string]struct {
		asset  string
		asked  capture.Options
		shape  image.Point
		says   string
		advice string
	}{
		"16:9":         {hailoAsset, capture.Options{}, imx708, "640x360 is smaller than the 640x640", "--width 1280 --height 720,"},
		"4:3":          {hailoAsset, capture.Options{Width: 640, Height: 480}, imx219, "640x480 is smaller than the 640x640", "--width 1024 --height 770,"},
		"no file":      {"", capture.Options{}, imx219, "640x480 is smaller than what", "--width 1024 --height 770,"},
		"a large one":  {`{"rpicam-apps":{"lores":{"width":"5000","height":4000}}}`, capture.Options{}, imx219, "5000x4000", "--width 5000 --height 4000,"},
		"not its form": {`{"rpicam-apps":[]}`, capture.Options{}, imx708, "640x360 is smaller than what", "--width 1280 --height 720,"},
	} {
		path := filepath.Join(t.TempDir(), "asset.json")
		if test.asset != "" {
			capturetest.Write(t, path, test.asset)
		}
		test.asked.PostProcess = path
		p := tooSmall(api.Problem{Code: api.CodeSize}, test.asked, test.shape)
		if !strings.Contains(p.Message, test.says) || !strings.Contains(p.Message, "asset.json") || !strings.Contains(p.Hint, test.advice) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func FuzzLores(f *testing.F) {
	for _, text := range []string{
		hailoAsset, `{}`, `{"rpicam-apps":{"lores":{"width":-1,"height":1e99}}}`, `{"rpicam-apps":{"lores":{"width":"640","height":"NaN"}}}`,
		`{"rpicam-apps":{"lores":{"width":[640],"height":{}}}}`, `{"rpicam-apps":null}`, "\xff",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		size, ok := parseLores(data)
		if ok && (size.X < 1 || size.Y < 1 || size.X > capture.MaxSide || size.Y > capture.MaxSide) {
			t.Fatalf("%q wants %v", data, size)
		}
	})
}
