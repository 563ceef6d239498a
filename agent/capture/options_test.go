package capture

import (
	"image"
	"testing"
)

// TestFitting: what is not asked of a size follows the sensor's shape.
func TestFitting(t *testing.T) {
	for name, test := range map[string]struct {
		shape, asked, want image.Point
	}{
		"imx708":               {image.Pt(4608, 2592), image.Point{}, image.Pt(640, 360)},
		"imx219":               {image.Pt(3280, 2464), image.Point{}, image.Pt(640, 480)},
		"imx477":               {image.Pt(4056, 3040), image.Point{}, image.Pt(640, 480)},
		"imx296":               {image.Pt(1456, 1088), image.Point{}, image.Pt(640, 478)},
		"ov9281":               {image.Pt(1280, 800), image.Point{}, image.Pt(640, 400)},
		"a square":             {image.Pt(2000, 2000), image.Point{}, image.Pt(640, 640)},
		"no shape":             {image.Point{}, image.Point{}, image.Pt(640, 480)},
		"half a shape":         {image.Pt(4608, 0), image.Point{}, image.Pt(640, 480)},
		"a width":              {image.Pt(4608, 2592), image.Pt(1280, 0), image.Pt(1280, 720)},
		"a height":             {image.Pt(4608, 2592), image.Pt(0, 1080), image.Pt(1920, 1080)},
		"both":                 {image.Pt(4608, 2592), image.Pt(640, 480), image.Pt(640, 480)},
		"both, odd":            {image.Pt(4608, 2592), image.Pt(641, 481), image.Pt(641, 481)},
		"a line":               {image.Pt(99999, 1), image.Point{}, image.Pt(640, 16)},
		"a line that is high":  {image.Pt(1, 99999), image.Pt(16384, 0), image.Pt(16384, 16384)},
		"a line, and a height": {image.Pt(99999, 1), image.Pt(0, 16384), image.Pt(16384, 16384)},
	} {
		o := Options{Width: test.asked.X, Height: test.asked.Y}.Fitting(test.shape)
		if got := o.Size(); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
