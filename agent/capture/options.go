package capture

import (
	"image"
	"time"
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

// The picture's size where none is asked for: so wide, and so high where the
// camera has no shape that is known.
const (
	UsualWidth  = 640
	UsualHeight = 480
)

// The smallest and the largest width and height, in pixels.
const (
	MinSide = 16
	MaxSide = 16384
)

// Size is the size asked for.
func (o Options) Size() image.Point { return image.Pt(o.Width, o.Height) }

// Fitting returns the options with a whole size: what is not asked follows from
// the shape of the sensor, so that nothing of its view is cut off. A shape of
// nothing is not known.
func (o Options) Fitting(shape image.Point) Options {
	if shape.X <= 0 || shape.Y <= 0 {
		shape = image.Pt(UsualWidth, UsualHeight)
	}
	if o.Width == 0 && o.Height == 0 {
		o.Width = UsualWidth
	}
	if o.Height == 0 {
		o.Height = even(o.Width*shape.Y, shape.X)
	}
	if o.Width == 0 {
		o.Width = even(o.Height*shape.X, shape.Y)
	}
	return o
}

// even is the even number nearest to a fraction, within limits: colours have
// half the picture's size.
func even(num, den int) int {
	return min(max(2*((num+den)/(2*den)), MinSide), MaxSide)
}
