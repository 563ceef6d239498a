package usb

import (
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/process"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// plug makes what udev makes for a USB camera and returns the link's path.
func plug(t *testing.T, dev, name, device string) string {
	t.Helper()
	dir := filepath.Join(dev, byIDDir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	capturetest.Write(t, filepath.Join(dev, device), "")
	path := filepath.Join(dir, name)
	if err := os.Symlink("../../"+device, path); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	c920 = "usb-046d_HD_Pro_Webcam_C920_5B9D6B6F-video-index0"
	c270 = "usb-046d_C270_HD_WEBCAM_200901010001-video-index0"
)

// vga is what a simple webcam offers.
func vga(string) ([]webcamMode, error) {
	return []webcamMode{{image.Pt(640, 480), []rate{{30, 1}, {15, 1}}}}, nil
}

func TestFindWebcams(t *testing.T) {
	dev := t.TempDir()
	if cams, silent, others := findWebcams(dev, vga); len(cams)+len(silent)+len(others) != 0 {
		t.Errorf("without a folder: %v %v %v", cams, silent, others)
	}
	second, first := plug(t, dev, c920, "video2"), plug(t, dev, c270, "video0")
	plug(t, dev, strings.Replace(c920, "index0", "index1", 1), "video3")
	yuv, denied := plug(t, dev, "usb-Grabber-video-index0", "video4"), plug(t, dev, "usb-Secret_Cam-video-index0", "video5")
	late := plug(t, dev, "usb-Late_Cam-video-index0", "video6")
	asked := 0
	cams, silent, others := findWebcams(dev, func(path string) ([]webcamMode, error) {
		asked++
		switch path {
		case yuv:
			return nil, nil
		case denied:
			return nil, fmt.Errorf("open: %w", fs.ErrPermission)
		case late:
			return nil, syscall.EIO
		}
		return vga(path)
	})
	var got []string
	for _, c := range cams {
		got = append(got, fmt.Sprintf("%s %s %d %v", c.path, c.model, len(c.modes), c.denied))
	}
	want := []string{second + " C920 1 false", first + " C270 1 false", denied + " Secret 0 true"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || !slices.Equal(others, []string{yuv}) || asked != 5 || len(silent) != 1 || silent[0].path != late {
		t.Errorf("got %q, %v and %q after %d questions, want %q", got, silent, others, asked, want)
	}
	if device := cams[slices.IndexFunc(cams, func(c webcam) bool { return c.path == second })].device(); filepath.Base(device) != "video2" {
		t.Errorf("the device is %s", device)
	}
	for i := range 2 * maxWebcams {
		plug(t, dev, fmt.Sprintf("usb-many_%d-video-index0", i), fmt.Sprintf("video1%02d", i))
	}
	if cams, _, _ := findWebcams(dev, vga); len(cams) != maxWebcams {
		t.Errorf("%d webcams, want at most %d", len(cams), maxWebcams)
	}
}

func TestWebcamModel(t *testing.T) {
	for name, want := range map[string]string{
		"usb-046d_HD_Pro_Webcam_C920_5B9D6B6F":                      "C920",
		"usb-046d_HD_Pro_Webcam_C920":                               "C920",
		"usb-046d_0825_200901010001":                                "0825",
		"usb-Logitech_Logitech_Webcam_C930e_AAB12C3D":               "Logitech-C930e",
		"usb-Microsoft_Microsoft®_LifeCam_HD-3000":                  "Microsoft-Microsoft®-LifeCam",
		"usb-Sonix_Technology_Co.__Ltd._USB_2.0_Camera_SN0001":      "Sonix",
		"usb-Generic_USB_Camera_200901010001":                       "webcam",
		"usb-046d_12345678":                                         "12345678",
		"usb-Microsoft_HD-3000":                                     "Microsoft-3000",
		"usb-046d":                                                  "046d",
		"usb-Arducam_Technology_Co.__Ltd._Arducam_IMX477_HQ_UC1234": "Arducam-IMX477-HQ",
		"usb-Razer_Kiyo_X_01.00.00":                                 "Razer-Kiyo-X",
		"":                                                          "webcam",
		"usb-":                                                      "webcam",
	} {
		if got := webcamModel(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestWebcamChoice(t *testing.T) {
	modes := []webcamMode{
		{image.Pt(1920, 1080), []rate{{30, 1}, {5, 1}}},
		{image.Pt(640, 480), []rate{{30, 1}, {20, 1}, {15, 2}, {0, 1}, {1, 0}}},
		{image.Pt(1280, 720), []rate{{30000, 1001}}},
		{image.Pt(800, 600), nil},
		{image.Pt(320, 240), []rate{{60, 1}, {30, 1}}},
	}
	for _, test := range []struct {
		w, h int
		fps  float64
		want string
	}{
		{640, 480, 30, "640x480 30"},
		{640, 480, 100, "640x480 30"},
		{640, 480, 22, "640x480 20"},
		{640, 480, 1, "640x480 15/2"},
		{640, 400, 20, "640x480 20"},
		{700, 480, 30, "800x600 -"},
		{1000, 1000, 16, "1920x1080 5"},
		{1000, 700, 5, "1280x720 30000/1001"},
		{4000, 3000, 30, "1920x1080 30"},
		{100, 100, 50, "320x240 60"},
	} {
		size, at := webcam{modes: modes}.choose(image.Pt(test.w, test.h), test.fps)
		got := fmt.Sprintf("%dx%d %v", size.X, size.Y, at)
		if at == (rate{}) {
			got = fmt.Sprintf("%dx%d -", size.X, size.Y)
		}
		if got != test.want {
			t.Errorf("%dx%d at %v: %s, want %s", test.w, test.h, test.fps, got, test.want)
		}
	}
}

// TestWideWebcam: a picture that is large, but not high enough, is too small.
func TestWideWebcam(t *testing.T) {
	sizes := []image.Point{{3000, 500}, {1280, 720}}
	for range 2 {
		var w webcam
		for _, s := range sizes {
			w.modes = append(w.modes, webcamMode{size: s})
		}
		if size, _ := w.choose(image.Pt(1000, 700), 30); size != image.Pt(1280, 720) {
			t.Errorf("of %v: %v", sizes, size)
		}
		slices.Reverse(sizes)
	}
}

func TestWebcamArguments(t *testing.T) {
	cam := webcam{path: "/dev/v4l/by-id/" + c920, modes: []webcamMode{{image.Pt(640, 480), []rate{{30, 1}}}}}
	asked := capture.Options{Width: 640, Height: 480, Framerate: 30}
	want := "-hide_banner -loglevel warning -nostdin -f v4l2 -input_format mjpeg -framerate 30 -video_size 640x480 -i /dev/v4l/by-id/" + c920 +
		" -an -c:v copy -flush_packets 1 -f mjpeg pipe:1"
	if got := strings.Join(cam.ffmpegArgs(asked), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	cam.modes = []webcamMode{{image.Pt(640, 480), nil}}
	if got := cam.ffmpegArgs(asked); slices.Contains(got, "-framerate") {
		t.Errorf("a rate nobody knows is asked for: %q", got)
	}
}

func TestRanges(t *testing.T) {
	sizes := sizesWithin(image.Pt(160, 120), image.Pt(1280, 960), image.Pt(16, 8))
	want := []image.Point{{160, 120}, {320, 240}, {640, 480}, {800, 600}, {1280, 720}, {1280, 960}}
	if !slices.Equal(sizes, want) {
		t.Errorf("sizes %v, want %v", sizes, want)
	}
	for _, step := range []image.Point{{300, 1}, {1, 300}} {
		if sizes := sizesWithin(image.Pt(100, 100), image.Pt(1000, 1000), step); !slices.Equal(sizes, []image.Point{{100, 100}, {1000, 1000}}) {
			t.Errorf("sizes in steps of %v: %v", step, sizes)
		}
	}
	if sizes := sizesWithin(image.Pt(640, 480), image.Pt(640, 480), image.Point{}); len(sizes) != 1 {
		t.Errorf("one size is %v", sizes)
	}
	if got := fmt.Sprint(ratesWithin(rate{15, 2}, rate{30, 1})); got != "[15/2 10 15 20 24 25 30]" {
		t.Errorf("rates %v", got)
	}
	if got := ratesWithin(rate{30, 1}, rate{30, 1}); len(got) != 1 {
		t.Errorf("one rate is %v", got)
	}
}

// TestFFmpegWords are what ffmpeg 5.1 said of files that are no camera, and
// what its v4l2 input says otherwise.
func TestFFmpegWords(t *testing.T) {
	for line, want := range map[string]api.Code{
		"[video4linux2,v4l2 @ 0x558956aaea80] Cannot open video device /dev/v4l/by-id/usb-x-video-index0: No such file or directory": api.CodeNotDetected,
		"[video4linux2,v4l2 @ 0x5566f88af980] ioctl(VIDIOC_QUERYCAP): Inappropriate ioctl for device":                                api.CodeNotDetected,
		"[video4linux2,v4l2 @ 0x55] Not a video capture device.":                                                                     api.CodeNotDetected,
		"[video4linux2,v4l2 @ 0x55] ioctl(VIDIOC_DQBUF): No such device":                                                             api.CodeNotDetected,
		"[video4linux2,v4l2 @ 0x55] ioctl(VIDIOC_STREAMON): Device or resource busy":                                                 api.CodeCameraBusy,
		"/dev/v4l/by-id/usb-x-video-index0: Permission denied":                                                                       api.CodePermission,
		"[video4linux2,v4l2 @ 0x55] ioctl(VIDIOC_STREAMON): No space left on device":                                                 api.CodeUSBBandwidth,
		"[video4linux2,v4l2 @ 0x55] ioctl(VIDIOC_STREAMON): Input/output error":                                                      api.CodeUSB,
		"[video4linux2,v4l2 @ 0x55] ioctl(VIDIOC_STREAMON): Protocol error":                                                          api.CodeUSB,
		"/dev/v4l/by-id/usb-x-video-index0: Connection timed out":                                                                    api.CodeUSB,
		"[video4linux2,v4l2 @ 0x55] ioctl(VIDIOC_STREAMON): Broken pipe":                                                             api.CodeUSB,
		"Unknown input format: 'v4l2'":                                                                                               api.CodeProgramMissing,
		"[video4linux2,v4l2 @ 0x55] ioctl(VIDIOC_S_PARM): Invalid argument":                                                          api.CodeMode,
		"[video4linux2,v4l2 @ 0x55] Cannot find a proper format for codec 'mjpeg' (id 7), pixel format 'none' (id -1)":               api.CodeNotDetected,
		"Segmentation fault": api.CodeCrashed,
	} {
		p := process.Explain(reasons(), "/usr/bin/ffmpeg", []string{"starting", line}, errors.New("exit status 1"), mjpeg.Counts{})
		if p.Code != want || p.Hint == "" || !strings.HasSuffix(p.Message, ".") {
			t.Errorf("%s: %+v, want %s", line, p, want)
		}
	}
}
