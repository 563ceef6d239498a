// Package frames hands every camera's newest frame to its viewers. The camera
// never waits for a viewer: a viewer gets the newest frame or skips.
package frames

import (
	"time"

	"pigrid/shared/mjpeg"
)

// Frame is one published picture. It is never changed once it is published;
// its bytes are shared by all viewers.
type Frame struct {
	mjpeg.Part
	Seq    uint64    // counts up by one per frame of a Hub
	At     time.Time // when the first byte was read from the camera
	Since  time.Time // At of the first frame since the camera was switched on
	Width  int       // pixels
	Height int       // pixels

	newer chan struct{} // closed when a newer frame is there
}

// empty reports whether f only stands for "no frame".
func (f *Frame) empty() bool { return f.JPEG == nil }
