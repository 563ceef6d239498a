package camera

import (
	"bufio"
	"bytes"
	"image"
	"regexp"
	"strconv"
	"strings"

	"pigrid/shared/api"
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
	Size image.Point // pixels the sensor delivers
	Bits int         // per raw pixel
	FPS  float64     // highest framerate
	Crop image.Rectangle
}

// FullView reports whether the mode shows all that the sensor sees; a few
// columns may be missing to make the numbers even.
func (m Mode) FullView(sensor image.Point) bool {
	return m.Crop.Dx()*100 >= sensor.X*98 && m.Crop.Dy()*100 >= sensor.Y*98
}

const (
	maxSensors = 16
	maxModes   = 64
	maxIndex   = 1000
)

var (
	sensorLine = regexp.MustCompile(`^\s*(\d{1,4}) : (\S+) \[(\d{1,5})x(\d{1,5})[^\]]*\] \((.+)\)\s*$`)
	formatName = regexp.MustCompile(`'S[A-Z]*(\d{1,2})[A-Z0-9_]*'\s*:`)
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
				s.Modes = append(s.Modes, parseMode(m, bits))
			}
		}
	}
	return sensors
}

func parseMode(m []string, bits int) Mode {
	fps, _ := strconv.ParseFloat(m[3], 64)
	x, y := atoi(m[4]), atoi(m[5])
	return Mode{
		Size: image.Pt(atoi(m[1]), atoi(m[2])), Bits: bits, FPS: fps,
		Crop: image.Rect(x, y, x+atoi(m[6]), y+atoi(m[7])),
	}
}

// atoi reads digits that a pattern has already counted.
func atoi(digits string) int {
	n, _ := strconv.Atoi(strings.TrimSpace(digits))
	return n
}

// FullViewMode returns the smallest mode that shows the whole field of view,
// is at least as large as the picture and reaches the framerate; without one
// the largest full-view mode that reaches the rate. ok is false when rpicam-vid
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
	if aCovers != bCovers {
		return aCovers
	}
	smaller := a.Size.X*a.Size.Y < b.Size.X*b.Size.Y
	return smaller == aCovers && a.Size != b.Size
}

// chosenMode finds the sensor mode in the line in which libcamera says what it
// configures, as in "configuring streams: (0) 640x480-YUV420/sYCC (1)
// 1640x1232-SRGGB10_CSI2P/RAW".
var chosenMode = regexp.MustCompile(`configuring streams:.*\(\d\) (\d{1,5})x(\d{1,5})-\w+/RAW`)

// modeIn returns the sensor mode a line of the capture program tells of.
func (s Sensor) modeIn(line string) (Mode, bool) {
	m := chosenMode.FindStringSubmatch(line)
	if m == nil {
		return Mode{}, false
	}
	size := image.Pt(atoi(m[1]), atoi(m[2]))
	for _, mode := range s.Modes {
		if mode.Size == size {
			return mode, true
		}
	}
	return Mode{}, false
}

// describe turns a mode into what the API says of it.
func (s Sensor) describe(m Mode) *api.Mode {
	return &api.Mode{
		Width: m.Size.X, Height: m.Size.Y,
		Crop:     api.Rect{X: m.Crop.Min.X, Y: m.Crop.Min.Y, Width: m.Crop.Dx(), Height: m.Crop.Dy()},
		Sensor:   api.Size{Width: s.Size.X, Height: s.Size.Y},
		FullView: m.FullView(s.Size),
	}
}

func covers(m Mode, size image.Point) bool { return m.Size.X >= size.X && m.Size.Y >= size.Y }
