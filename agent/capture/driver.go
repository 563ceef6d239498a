package capture

import (
	"context"
	"image"
	"time"

	"pigrid/shared/api"
)

// Driver is one kind of camera. The Manager calls its methods one at a time; what
// Camera.Open has made runs beside them.
type Driver interface {
	// Detect lists the cameras of this kind that are there. The error says why
	// there are none; with any other code than [api.CodeNotDetected] nobody knows,
	// and those that were there before count as there.
	Detect(ctx context.Context) ([]Camera, error)
	// Signs change when cameras may have come or gone and are cheap to look at:
	// names of devices, paths of programs. After a change all kinds are detected
	// again. A kind without signs has the same cameras for ever.
	Signs(ctx context.Context) []string
}

// Camera is one camera that a [Driver] has detected.
type Camera struct {
	ID    string // "": it follows from Model and Path, and is remembered
	Model string // what it is, like "imx708"
	Path  string // where it is attached, the same after every start
	Index string // what else --camera may call it; may be empty

	Problem *api.Problem // why it cannot be used although it is there; nil when it can
	Gone    api.Problem  // what is wrong with it once it is not there any more

	// Open is called once, when the camera is served first. name is what people
	// call it; asked returns what is asked of it, at each start.
	Open func(name string, asked func() Options) Stream
}

// Stream is how a camera gives its frames.
type Stream struct {
	Source    Source
	Size      image.Point // pixels, until the first frame says
	Framerate float64     // frames per second
	Advice    string      // what helps when frames stop, after "If this continues, "; "" looks at cable and power
}

// Source captures from one camera, one session at a time.
type Source interface {
	// Capture hands frames to the sink until ctx or the camera ends. When it
	// returns, nothing of the session is left. Its error is best a [*Failure].
	Capture(ctx context.Context, to Sink) error
}

// Waiter is a [Source] that cannot be started at any time. Before each Capture its
// Wait is called, which returns when it can, or ctx's error. No watchdog runs
// meanwhile.
type Waiter interface {
	Wait(ctx context.Context) error
}

// Sink takes what a session gives. Its methods may be called from any goroutine,
// but Frame from one only.
type Sink interface {
	// Frame takes one whole JPEG, which is copied, and when its first byte came.
	Frame(jpeg []byte, at time.Time)
	// Preparing says that the first frame takes longer, and why. The same step
	// again is no progress.
	Preparing(step string, why api.Problem)
	// Warn says what is not as asked although pictures come; nil is nothing.
	Warn(p *api.Problem)
	// Mode says how the sensor is read; nil is not known.
	Mode(m *api.Mode)
}
