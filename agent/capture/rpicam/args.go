package rpicam

import (
	"fmt"
	"strconv"

	"pigrid/agent/capture"
)

// sensorRate is the framerate of a sensor, frames per second: one exposure
// follows the other, and libcamera would cut one that is longer than a frame.
func sensorRate(o capture.Options) float64 {
	if o.Shutter <= 0 {
		return o.Framerate
	}
	return min(o.Framerate, 1/o.Shutter.Seconds())
}

// arguments returns the arguments of rpicam-vid for a camera; the size of the
// picture is whole. Only options that every version since October 2022 knows are
// used, each once: the program refuses a second mention.
func arguments(s Sensor, o capture.Options) []string {
	args := []string{
		"-t", "0", "--codec", "mjpeg", "-n",
		"--flush", // else the last bytes of a frame wait for the next one
		"--camera", strconv.Itoa(s.Index),
		"--width", strconv.Itoa(o.Width), "--height", strconv.Itoa(o.Height),
		"--framerate", strconv.FormatFloat(sensorRate(o), 'f', -1, 64),
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
func modeArg(s Sensor, o capture.Options) string {
	switch o.Mode {
	case "auto":
		return ""
	case "":
		m, ok := s.FullViewMode(o.Size(), sensorRate(o))
		if !ok {
			return ""
		}
		return fmt.Sprintf("%d:%d:%d", m.Size.X, m.Size.Y, m.Bits)
	}
	return o.Mode
}
