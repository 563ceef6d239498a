package usb

import (
	"errors"
	"fmt"
	"image"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pigrid/agent/capture"
)

// webcam is a USB camera that offers MJPEG. rpicam-apps hides such cameras.
type webcam struct {
	path   string // below /dev/v4l/by-id, the same after every start
	model  string // its product's name, as far as it is one
	modes  []webcamMode
	denied bool // this user may not open it, so modes are not known
	gone   bool // it is not plugged in any more
}

// device is the device a webcam is at the moment, "" for none.
func (w webcam) device() string {
	path, err := filepath.EvalSymlinks(w.path)
	if err != nil {
		return ""
	}
	return path
}

// webcamMode is one size in which a webcam delivers MJPEG.
type webcamMode struct {
	size  image.Point // pixels
	rates []rate      // empty when the camera does not tell
}

// rate is a number of frames per second, num/den.
type rate struct{ num, den uint32 }

func (r rate) fps() float64 {
	if r.den == 0 {
		return 0
	}
	return float64(r.num) / float64(r.den)
}

// String writes the rate as ffmpeg reads it, without rounding.
func (r rate) String() string {
	if r.den == 1 {
		return strconv.FormatUint(uint64(r.num), 10)
	}
	return fmt.Sprintf("%d/%d", r.num, r.den)
}

const (
	maxWebcams = 16
	byIDDir    = "v4l/by-id"
	// byIDEnd marks the first video device of a camera; others carry metadata.
	byIDEnd = "-video-index0"
)

// findWebcams lists the USB cameras below a device folder that offer MJPEG, in
// order of their names, those that answer with an error, and the paths of others.
func findWebcams(dev string, query func(path string) ([]webcamMode, error)) (cams, silent []webcam, others []string) {
	entries, err := os.ReadDir(filepath.Join(dev, byIDDir))
	if err != nil {
		return nil, nil, nil // the folder exists only with a camera
	}
	for _, e := range entries {
		name, first := strings.CutSuffix(e.Name(), byIDEnd)
		if !first || len(cams) == maxWebcams {
			continue
		}
		path := filepath.Join(dev, byIDDir, e.Name())
		modes, err := query(path)
		cam := webcam{path: path, model: webcamModel(name), modes: modes, denied: errors.Is(err, fs.ErrPermission)}
		switch {
		case len(modes) > 0 || cam.denied:
			cams = append(cams, cam)
		case err != nil:
			silent = append(silent, cam)
		default:
			others = append(others, path)
		}
	}
	return cams, silent, others
}

var (
	vendorNumber = regexp.MustCompile(`^[0-9a-f]{4}$`)
	// serialNumber is what a product's name hardly ever ends with.
	serialNumber = regexp.MustCompile(`^([0-9A-Fa-f]{8,}|[A-Za-z]*[0-9]{4,}[A-Za-z0-9]*)$`)
	// fillerWord says what all webcams are.
	fillerWord = regexp.MustCompile(`(?i)^(usb|usb2|usb3|uvc|hd|fhd|uhd|full|pro|web|webcam|cam|camera|video|device|inc|ltd|co|corp|corporation|technology|technologies|electronics|tech|generic|the|\d)$`)
)

const (
	minSerial     = 6 // letters and digits
	maxModelWords = 3 // keeps ids short
)

// webcamModel is the product's name in a name of /dev/v4l/by-id without what
// stands around it: usb-046d_HD_Pro_Webcam_C920_5B9D6B6F is "C920". The name is
// <bus>-<vendor>_<product>[_<serial number>] (udev's 60-persistent-v4l.rules).
func webcamModel(name string) string {
	_, name, _ = strings.Cut(name, "-")
	words := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("_- .,", r) })
	if len(words) > 1 && vendorNumber.MatchString(words[0]) {
		words = words[1:]
	}
	if last := len(words) - 1; last > 0 && len(words[last]) >= minSerial && serialNumber.MatchString(words[last]) {
		words = words[:last]
	}
	var kept []string
	for _, w := range words {
		if !fillerWord.MatchString(w) && !slices.Contains(kept, w) && len(kept) < maxModelWords {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		return "webcam"
	}
	return strings.Join(kept, "-")
}

// choose returns the mode nearest to what is asked: this size, else the next
// larger one, else the largest; and of its rates the nearest, a zero rate when
// none is known.
func (w webcam) choose(size image.Point, fps float64) (image.Point, rate) {
	var best webcamMode
	for _, m := range w.modes {
		if best.size == (image.Point{}) || nearer(m.size, best.size, size) {
			best = m
		}
	}
	var at rate
	for _, r := range best.rates {
		if r.fps() > 0 && (at.fps() == 0 || math.Abs(r.fps()-fps) < math.Abs(at.fps()-fps)) {
			at = r
		}
	}
	return best.size, at
}

// nearer reports whether size a serves better than b where want is asked.
func nearer(a, b, want image.Point) bool {
	aCovers, bCovers := a.X >= want.X && a.Y >= want.Y, b.X >= want.X && b.Y >= want.Y
	if aCovers != bCovers {
		return aCovers
	}
	if aCovers {
		return a.X*a.Y < b.X*b.Y
	}
	return a.X*a.Y > b.X*b.Y
}

// ffmpegArgs returns the arguments with which ffmpeg hands a webcam's own JPEGs
// through, each as soon as it is there.
func (w webcam) ffmpegArgs(o capture.Options) []string {
	args := []string{"-hide_banner", "-loglevel", "warning", "-nostdin", "-f", "v4l2", "-input_format", "mjpeg"}
	size, at := w.choose(o.Size(), o.Framerate)
	if at.fps() > 0 {
		args = append(args, "-framerate", at.String())
	}
	if size != (image.Point{}) {
		args = append(args, "-video_size", fmt.Sprintf("%dx%d", size.X, size.Y))
	}
	return append(args, "-i", w.path, "-an", "-c:v", "copy", "-flush_packets", "1", "-f", "mjpeg", "pipe:1")
}

// sizesWithin returns the usual sizes of a range that a camera can do, and its
// ends. step may be zero.
func sizesWithin(low, high, step image.Point) []image.Point {
	var sizes []image.Point
	for _, s := range []image.Point{low, {320, 240}, {640, 480}, {800, 600}, {1280, 720}, {1280, 960}, {1920, 1080}, {2560, 1440}, {3840, 2160}, high} {
		fits := s.X >= low.X && s.Y >= low.Y && s.X <= high.X && s.Y <= high.Y && (s.X-low.X)%max(1, step.X) == 0 && (s.Y-low.Y)%max(1, step.Y) == 0
		if fits && !slices.Contains(sizes, s) {
			sizes = append(sizes, s)
		}
	}
	return sizes
}

// ratesWithin returns the usual rates of a range, and its ends.
func ratesWithin(slowest, fastest rate) []rate {
	rates := []rate{slowest}
	for _, fps := range []uint32{1, 2, 5, 10, 15, 20, 24, 25, 30, 50, 60, 90, 120} {
		if r := (rate{fps, 1}); r.fps() > slowest.fps() && r.fps() < fastest.fps() {
			rates = append(rates, r)
		}
	}
	if fastest != slowest {
		rates = append(rates, fastest)
	}
	return rates
}
