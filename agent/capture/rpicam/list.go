package rpicam

import (
	"bufio"
	"bytes"
	"image"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Sensor is one camera as --list-cameras describes it.
type Sensor struct {
	Index int    // for --camera
	Model string // "imx708"
	Path  string // where it is attached, stable across reboots
	Size  image.Point
	Modes []Mode
}

// Mode is one sensor mode.
type Mode struct {
	Size image.Point     // pixels the sensor delivers
	Bits int             // per raw pixel; 0 when not known
	FPS  float64         // highest framerate; a guess while the crop is not known
	Crop image.Rectangle // the part of the sensor that is read; empty when not known
}

// FullView reports whether the mode is known to show all that the sensor sees; a
// few columns may be missing to make the numbers even.
func (m Mode) FullView(sensor image.Point) bool { return fullView(m.Crop, sensor) }

// ModesKnown reports whether the list says what each mode reads. It does not
// while another program has the camera: then all crops are 65535 pixels large
// and all framerates the same.
func (s Sensor) ModesKnown() bool {
	return !slices.ContainsFunc(s.Modes, func(m Mode) bool { return m.Crop.Empty() })
}

const (
	maxSensors = 16
	maxModes   = 64
	maxIndex   = 1000
)

var (
	sensorLine = regexp.MustCompile(`^\s*(\d{1,4}) : (\S+) \[(\d{1,5})x(\d{1,5})[^\]]*\] \((.+)\)\s*$`)
	// formatName is the raw format of the modes that follow: SRGGB10_CSI2P, or
	// R8 of a sensor without colours. Of other names the bits are not known.
	formatName = regexp.MustCompile(`'(?:(?:S[RGB]{4}|R)(\d{1,2})(?:_[A-Z0-9_]*)?|\w+)'\s*:`)
	modeEntry  = regexp.MustCompile(`(\d{1,5})x(\d{1,5}) \[(\d{1,5}(?:\.\d{1,6})?) fps - \((\d{1,5}), (\d{1,5})\)/(\d{1,5})x(\d{1,5}) crop\]`)
)

// ParseList reads what `rpicam-vid --list-cameras` prints. Lines it does not
// know are passed over: every version prints a little more.
func ParseList(out []byte) []Sensor {
	var sensors []Sensor
	bits := 0
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		line := lines.Text()
		if m := sensorLine.FindStringSubmatch(line); m != nil {
			if len(sensors) == maxSensors {
				break
			}
			sensors = append(sensors, Sensor{Index: atoi(m[1]), Model: m[2], Path: m[5], Size: image.Pt(atoi(m[3]), atoi(m[4]))})
			bits = 0
			continue
		}
		if m := formatName.FindStringSubmatch(line); m != nil {
			bits = atoi(m[1])
		}
		if m := modeEntry.FindStringSubmatch(line); m != nil && len(sensors) > 0 {
			s := &sensors[len(sensors)-1]
			if len(s.Modes) < maxModes {
				s.Modes = append(s.Modes, parseMode(m, bits, s.Size))
			}
		}
	}
	return sensors
}

func parseMode(m []string, bits int, sensor image.Point) Mode {
	fps, _ := strconv.ParseFloat(m[3], 64)
	x, y := atoi(m[4]), atoi(m[5])
	return Mode{
		Size: image.Pt(atoi(m[1]), atoi(m[2])), Bits: bits, FPS: fps,
		Crop: plausible(image.Rect(x, y, x+atoi(m[6]), y+atoi(m[7])), sensor),
	}
}

// plausible returns a crop that lies on the sensor, give or take some border
// pixels, and else an empty one: it is not known.
func plausible(crop image.Rectangle, sensor image.Point) image.Rectangle {
	if crop.Empty() || !crop.In(image.Rectangle{Max: sensor.Add(sensor.Div(50))}) {
		return image.Rectangle{}
	}
	return crop
}

// atoi reads digits that a pattern has already counted.
func atoi(digits string) int {
	n, _ := strconv.Atoi(strings.TrimSpace(digits))
	return n
}

// FullViewMode returns the smallest mode that shows the whole field of view,
// is at least as large as the picture and reaches the framerate; without one
// the largest full-view mode that reaches the rate; of two that differ in bits
// alone the one with more. ok is false when rpicam-vid
// should choose. It would prefer a cropped mode at small sizes, and people
// think that the picture is zoomed in.
func (s Sensor) FullViewMode(size image.Point, fps float64) (best Mode, ok bool) {
	for _, m := range s.Modes {
		if !m.FullView(s.Size) || m.FPS+0.5 < fps || m.Bits == 0 {
			continue
		}
		if !ok || better(m, best, size) {
			best, ok = m, true
		}
	}
	return best, ok
}

func better(a, b Mode, size image.Point) bool {
	aCovers, bCovers := covers(a, size), covers(b, size)
	switch {
	case aCovers != bCovers:
		return aCovers
	case a.Size == b.Size:
		return a.Bits > b.Bits
	}
	smaller := a.Size.X*a.Size.Y < b.Size.X*b.Size.Y
	return smaller == aCovers
}

func covers(m Mode, size image.Point) bool { return m.Size.X >= size.X && m.Size.Y >= size.Y }
