// Package frames hands every camera's newest frame to its viewers. The camera
// never waits for a viewer: a viewer gets the newest frame or skips.
package frames

import (
	"sync/atomic"
	"time"

	"pigrid/shared/mjpeg"
)

// Frame is one published picture. Its bytes are shared by all viewers and stay as
// they are until everybody who got it has released it.
type Frame struct {
	mjpeg.Part
	Seq    uint64    // counts up by one per frame of a Hub
	At     time.Time // when the first byte was read from the camera
	Since  time.Time // At of the first frame since the camera was switched on
	Width  int       // pixels
	Height int       // pixels

	newer   chan struct{} // closed when a newer frame is there
	holders atomic.Int32  // who may read the bytes: the Hub and who got it from Next
	reuse   func()        // takes the bytes' memory back; nil for the empty frame
}

// Release says that who got this frame from Next is done with it: at most once,
// and its bytes are not read any more. When all are done, a later frame is
// written over it, which spares the garbage collector 10 MB a second of 1080p.
// Who keeps a frame, or hands it on, just does not release it.
func (f *Frame) Release() {
	switch n := f.holders.Add(-1); {
	case n < 0:
		panic("frames: a frame was released twice")
	case n == 0 && f.reuse != nil:
		f.reuse()
	}
}

// hold keeps the bytes until Release. It is false when they are taken back.
func (f *Frame) hold() bool {
	for {
		n := f.holders.Load()
		if n == 0 {
			return false
		}
		if f.holders.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// empty reports whether f only stands for "no frame".
func (f *Frame) empty() bool { return f.JPEG == nil }
