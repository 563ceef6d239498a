package frames

import (
	"sync"
	"sync/atomic"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// quickStart is within what time a camera that is not slow gives its first frame.
const quickStart = 10 * time.Second

// Camera says what a Hub is for.
type Camera struct {
	ID        string  // [a-z0-9-], unique in a Set
	Name      string  // for people
	Width     int     // pixels asked of the camera
	Height    int     // pixels asked of the camera
	Framerate float64 // frames per second asked of the camera
}

// Interval is the time between two frames at the camera's framerate.
func (c Camera) Interval() time.Duration {
	if c.Framerate <= 0 {
		return time.Second
	}
	return time.Duration(float64(time.Second) / c.Framerate)
}

// startFrames is how many intervals may pass before the first frame: libcamera
// keeps 7 to 9 exposures back while it looks for gain and colours.
const startFrames = 12

// FirstWithin is how long the first frame may take at the camera's framerate; 0
// when that is not known.
func (c Camera) FirstWithin() time.Duration {
	if c.Framerate <= 0 {
		return 0
	}
	return startFrames * c.Interval()
}

// SlowStart is how long the first frame of a slow camera may take, 0 for one
// that is not slow.
func (c Camera) SlowStart() time.Duration {
	if first := c.FirstWithin(); first > quickStart {
		return first
	}
	return 0
}

// Hub is where one camera's frames meet its viewers. Having a viewer is the
// demand that starts the camera. All methods are safe for concurrent use.
type Hub struct {
	camera Camera

	newest  atomic.Pointer[Frame] // never nil; changed only under mu
	gone    chan struct{}         // closed when the camera was taken out of its Set
	remove  func()                // closes gone
	skipped atomic.Uint64
	memory  memory
	scaling scaling

	mu       sync.Mutex
	viewers  int
	occupied chan struct{} // closed while there are viewers
	vacant   chan struct{} // closed while there are none
	state    api.State
	problem  *api.Problem
	warning  *api.Problem
	restarts uint64
	mode     *api.Mode
	rate     rate
}

// NewHub returns a Hub without viewers and frames, in state idle.
func NewHub(c Camera) *Hub {
	h := &Hub{camera: c, state: api.Idle, gone: make(chan struct{}), occupied: make(chan struct{}), vacant: make(chan struct{})}
	h.scaling.hub = h
	h.remove = sync.OnceFunc(func() { close(h.gone) })
	close(h.vacant)
	none := &Frame{newer: make(chan struct{})}
	none.holders.Store(1)
	h.newest.Store(none)
	return h
}

// Camera returns what the Hub was made for.
func (h *Hub) Camera() Camera { return h.camera }

// Publish makes a JPEG whose first byte was read at the given time the newest
// frame. The bytes are copied once; all viewers share the copy.
func (h *Hub) Publish(jpeg []byte, at time.Time) {
	room := h.memory.take(mjpeg.PartSize(len(jpeg)))
	f := &Frame{Part: mjpeg.PartIn(room, jpeg, at, false), At: at, Since: at, reuse: func() { h.memory.give(room) }}
	if before := h.newest.Load(); !before.empty() {
		f.Since = before.Since
	}
	f.Width, f.Height, _ = mjpeg.Size(jpeg)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rate.add(at)
	h.replace(f, 1)
}

// Clear forgets the newest frame, so that nobody is shown an old one as new.
func (h *Hub) Clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rate = rate{}
	h.replace(&Frame{}, 0)
	h.memory.drop()
}

// replace needs mu.
func (h *Hub) replace(f *Frame, step uint64) {
	old := h.newest.Load()
	f.Seq = old.Seq + step
	f.newer = make(chan struct{})
	f.holders.Store(1)
	h.newest.Store(f)
	close(old.newer)
	old.Release()
}

// Newest returns the newest frame, nil when there is none. It is for looking at:
// its bytes may be written over as soon as another one comes.
func (h *Hub) Newest() *Frame {
	if f := h.newest.Load(); !f.empty() {
		return f
	}
	return nil
}
