package capture

import "image"

// The picture's size where none is asked for: so wide, and so high where the
// camera has no shape that is known.
const (
	usualWidth  = 640
	usualHeight = 480
)

// sizeLimit are the smallest and the largest width and height, in pixels.
var sizeLimit = image.Rect(16, 16, 16384, 16384)

// fitting returns the options with a whole size: what is not asked follows from
// the shape of the sensor, so that nothing of its view is cut off.
func (o Options) fitting(shape image.Point) Options {
	if shape.X <= 0 || shape.Y <= 0 {
		shape = image.Pt(usualWidth, usualHeight)
	}
	if o.Width == 0 && o.Height == 0 {
		o.Width = usualWidth
	}
	if o.Height == 0 {
		o.Height = even(o.Width*shape.Y, shape.X, sizeLimit.Min.Y, sizeLimit.Max.Y)
	}
	if o.Width == 0 {
		o.Width = even(o.Height*shape.X, shape.Y, sizeLimit.Min.X, sizeLimit.Max.X)
	}
	return o
}

// even is the even number nearest to a fraction, within limits: colours have
// half the picture's size.
func even(num, den, low, high int) int {
	return min(max(2*((num+den)/(2*den)), low), high)
}

// orUsual returns the options with a whole size for what has shapes of its own
// to choose from, as webcams have.
func (o Options) orUsual() Options {
	if o.Width == 0 {
		o.Width = usualWidth
	}
	if o.Height == 0 {
		o.Height = usualHeight
	}
	return o
}
