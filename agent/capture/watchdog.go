package capture

import (
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/api"
)

const (
	firstFrameWait = 10 * time.Second // from start to the first frame
	minStall       = 3 * time.Second
	stallIntervals = 5
	uploadWait     = 30 * time.Second // between two steps of a firmware upload
)

// watchdog ends a session whose frames stop coming.
type watchdog struct {
	timer  *time.Timer
	limit  time.Duration // between two frames
	upload time.Duration // from a step of a firmware upload to the next or to the first frame
}

// newWatchdog calls bark when the first frame takes longer than 10 s, or than a
// slow camera may take for it, or, later, when no frame has come for max(3 s, 5
// intervals). The interval is the longer of 1/framerate and the exposure time.
func newWatchdog(c frames.Camera, bark func()) *watchdog {
	first := max(firstFrameWait, c.SlowStart())
	return &watchdog{
		timer: time.AfterFunc(first, bark), limit: max(minStall, stallIntervals*c.Interval()), upload: max(uploadWait, first),
	}
}

// frame notes that a frame has come.
func (w *watchdog) frame() { w.timer.Reset(w.limit) }

// progress notes that the camera still prepares itself (firmware upload).
func (w *watchdog) progress() { w.timer.Reset(w.upload) }

func (w *watchdog) stop() { w.timer.Stop() }

// adviceCable is what helps when frames stop.
const adviceCable = "check its cable and the power supply"

// stallProblem says that frames stopped, or never came.
func stallProblem(wasLive bool, advice string) api.Problem {
	p := api.Problem{
		Code: api.CodeNoFrames, Message: "The camera was started but delivers no picture.",
		Hint: "The agent restarts it. If this continues, " + advice + ".",
	}
	if wasLive {
		p.Code, p.Message = api.CodeStalled, "The camera stopped delivering pictures."
	}
	return p
}
