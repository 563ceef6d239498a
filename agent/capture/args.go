package capture

import (
	"fmt"
	"image"
	"strconv"
	"time"

	"github.com/google/shlex"
)

// Options is what is asked of one camera.
type Options struct {
	Width     int     // pixels; 0 follows from the height and the sensor's shape, or is 640
	Height    int     // pixels; 0 follows from the width and the sensor's shape
	Framerate float64 // frames per second
	Quality   int     // JPEG quality 1–100; 0 leaves it to the program
	Mode      string  // sensor mode: "" full view, "auto" the program's choice, or W:H:BITS

	Shutter     time.Duration // exposure time of a sensor; 0 is automatic
	PostProcess string        // what rpicam-vid does with the pictures, an absolute path; "" nothing
}

// sensorRate is the framerate of a sensor, frames per second: one exposure
// follows the other, and libcamera would cut one that is longer than a frame.
func (o Options) sensorRate() float64 {
	if o.Shutter <= 0 {
		return o.Framerate
	}
	return min(o.Framerate, 1/o.Shutter.Seconds())
}

// rpicamArgs returns the arguments of rpicam-vid for a camera; the size of the
// picture is whole (see fitting). Only options
// that every version since October 2022 knows are used, each once: the program
// refuses a second mention.
func rpicamArgs(s Sensor, o Options) []string {
	args := []string{
		"-t", "0", "--codec", "mjpeg", "-n",
		"--flush", // else the last bytes of a frame wait for the next one
		"--camera", strconv.Itoa(s.Index),
		"--width", strconv.Itoa(o.Width), "--height", strconv.Itoa(o.Height),
		"--framerate", strconv.FormatFloat(o.sensorRate(), 'f', -1, 64),
	}
	if o.Shutter > 0 {
		args = append(args, "--shutter", strconv.FormatInt(o.Shutter.Microseconds(), 10))
	}
	if o.PostProcess != "" {
		args = append(args, "--post-process-file", o.PostProcess)
	}
	if o.Quality > 0 {
		args = append(args, "-q", strconv.Itoa(o.Quality))
	}
	if mode := modeArg(s, o); mode != "" {
		args = append(args, "--mode", mode)
	}
	return append(args, "-o", "-")
}

// modeArg returns the value for --mode, "" to leave the choice to the program.
func modeArg(s Sensor, o Options) string {
	switch o.Mode {
	case "auto":
		return ""
	case "":
		m, ok := s.FullViewMode(imagePoint(o), o.sensorRate())
		if !ok {
			return ""
		}
		return fmt.Sprintf("%d:%d:%d", m.Size.X, m.Size.Y, m.Bits)
	}
	return o.Mode
}

// SplitCommand splits the command of --source exec: by blanks and quotes.
// Nothing is expanded and no shell is involved.
func SplitCommand(text string) ([]string, error) {
	args, err := shlex.Split(text)
	if err != nil {
		return nil, fmt.Errorf("the command %q has a quote that is not closed", text)
	}
	if len(args) == 0 {
		return nil, fmt.Errorf("exec: needs a command, for example exec:ffmpeg -i /dev/video0 -f mjpeg -")
	}
	return args, nil
}

func imagePoint(o Options) image.Point { return image.Pt(o.Width, o.Height) }
