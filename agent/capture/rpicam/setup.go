package rpicam

import (
	"image"
	"regexp"

	"pigrid/shared/api"
)

// setup is how the capture program has set a camera up, as far as it says so.
type setup struct {
	picture image.Point // pixels it writes
	mode    image.Point // pixels the sensor delivers
	bits    int         // per raw pixel; 0 when not known
}

var (
	// streamsLine is libcamera's: "configuring streams: (0) 640x480-YUV420/sYCC
	// (1) 1640x1232-SRGGB10_CSI2P/RAW".
	streamsLine = regexp.MustCompile(`configuring streams: (.*)`)
	streamEntry = regexp.MustCompile(`\((\d)\) (\d{1,5})x(\d{1,5})-(\w+)(/\w+)?`)
	// sensorFormat is what a Pi's pipeline says next: "Sensor: /base/…/imx708@1a -
	// Selected sensor format: 1536x864-SBGGR10_1X10 - Selected CFE format: …".
	sensorFormat = regexp.MustCompile(`Selected sensor format: (\d{1,5})x(\d{1,5})-[A-Z]{1,5}(\d{1,2})_1X`)
	rawFormat    = regexp.MustCompile(`^(?:S[RGB]{4}|R)(\d{1,2})(?:_CSI2P)?$`)
)

// read takes in a line of the capture program and reports whether it says how
// the camera was set up. From then on the camera is the program's.
func (u *setup) read(line string) bool {
	if m := sensorFormat.FindStringSubmatch(line); m != nil {
		u.mode, u.bits = image.Pt(atoi(m[1]), atoi(m[2])), atoi(m[3])
		return true
	}
	m := streamsLine.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	*u = setup{}
	for _, e := range streamEntry.FindAllStringSubmatch(m[1], 4) {
		size, raw := image.Pt(atoi(e[2]), atoi(e[3])), rawFormat.FindStringSubmatch(e[4])
		switch {
		case e[1] == "0":
			u.picture = size
		case raw != nil && raw[1] != "16":
			u.mode, u.bits = size, atoi(raw[1])
		case raw != nil || e[5] == "/RAW": // as a Pi 5 stores it: nothing is said of the sensor's bits
			u.mode, u.bits = size, 0
		}
	}
	return true
}

// modeIn returns the sensor mode that a setup uses, one whose crop is known.
func (s Sensor) modeIn(u setup) (found Mode, ok bool) {
	for _, m := range s.Modes {
		if m.Size != u.mode || m.Crop.Empty() {
			continue
		}
		if !ok || m.Bits == u.bits {
			found, ok = m, true
		}
	}
	return found, ok
}

// describe turns a setup into what the API says of it, nil when it is not known
// which part of the sensor is seen.
func (s Sensor) describe(u setup) *api.Mode {
	m, ok := s.modeIn(u)
	if !ok {
		return nil
	}
	crop := m.seen(u.picture)
	return &api.Mode{
		Width: m.Size.X, Height: m.Size.Y,
		Crop:     api.Rect{X: crop.Min.X, Y: crop.Min.Y, Width: crop.Dx(), Height: crop.Dy()},
		Sensor:   api.Size{Width: s.Size.X, Height: s.Size.Y},
		FullView: fullView(crop, s.Size),
	}
}

// seen is the part of the sensor that a picture of a size shows: libcamera cuts
// what the sensor delivers, in its middle, to the picture's shape.
func (m Mode) seen(picture image.Point) image.Rectangle {
	if m.Size.X <= 0 || m.Size.Y <= 0 || picture.X <= 0 || picture.Y <= 0 {
		return m.Crop
	}
	cut := m.Size
	if wide := m.Size.X * picture.Y; wide > picture.X*m.Size.Y {
		cut.X = picture.X * m.Size.Y / picture.Y
	} else {
		cut.Y = wide / picture.X
	}
	at := m.Size.Div(2).Sub(cut.Div(2))
	onSensor := func(p image.Point) image.Point {
		return image.Pt(p.X*m.Crop.Dx()/m.Size.X, p.Y*m.Crop.Dy()/m.Size.Y)
	}
	corner := m.Crop.Min.Add(onSensor(at))
	return image.Rectangle{Min: corner, Max: corner.Add(onSensor(cut))}
}

// fullView reports whether a crop is known and shows all of a sensor, but for a
// few border pixels.
func fullView(crop image.Rectangle, sensor image.Point) bool {
	return !crop.Empty() && crop.Dx()*100 >= sensor.X*98 && crop.Dy()*100 >= sensor.Y*98
}
