package cameras

import (
	"time"

	"pigrid/shared/api"
)

const (
	// minStall is the shortest silence that counts as a stall.
	minStall = 3 * time.Second
	// stallIntervals is how many missing frames make a stall of a slow camera.
	stallIntervals = 5
	// firstFrame is how much longer than usual the first frame of a connection to a
	// camera without an agent may take.
	firstFrame = 30 * time.Second
	// slowAfter is how long the rate must be low before a camera is slow.
	slowAfter = 5 * time.Second
	// liveFrames is how many frames of one connection prove that it moves.
	liveFrames = 2
)

// Phase is where the connection to a camera's stream is.
type Phase int

// The phases of a connection.
const (
	Closed   Phase = iota // not wanted, or no address yet
	Dialling              // until the response headers
	Open                  // headers arrived
	Waiting               // until the next attempt
)

// Stream is what is known from a camera's own connection. Its times are
// readings of this machine's clock; the zero time means never.
type Stream struct {
	Wanted      bool // somebody looks at it, or wants to know whether it lives
	Looked      bool // it is on a page that somebody looks at
	Held        bool // a page keeps showing its last picture
	WantedSince time.Time
	Phase       Phase
	PhaseSince  time.Time
	Frames      uint64    // real frames of this connection
	FirstFrame  time.Time // of this connection
	LastFrame   time.Time // newest real frame of any connection
	Interval    time.Duration
	// Pause is the longest usual time between two frames of a camera without an
	// agent, of which nobody says how many it gives; 0 for an agent's.
	Pause time.Duration
	FPS   float64
	// Taken is when the frame was taken that came at LastFrame, by its agent's clock: zero
	// when that does not say. ClockAhead is how far that clock is ahead of this machine's.
	Taken      time.Time
	ClockAhead time.Duration
	// BytesPerSecond were read over the last seconds.
	BytesPerSecond float64
	Width          int // pixels, of the newest frame
	Height         int
	SlowSince      time.Time // since when FPS is under half of what the camera gives and was asked for
	Failure        *Failure  // why the last attempt or connection ended; nil again at the first frame
	FailedSince    time.Time // first failure since the last frame
	RetryAt        time.Time // next attempt while Waiting
}

// Agent is what is known from asking the agent for its status.
type Agent struct {
	API         int // 0 before the first answer
	APISince    time.Time
	Failure     *Failure // of the last question; nil when it was answered
	FailedSince time.Time
	RetryAt     time.Time
	Camera      api.State    // what the agent says of this camera
	Problem     *api.Problem // and why
	CameraSince time.Time    // since when it says so
	Missing     bool         // the agent answers and no longer lists this camera
	Access      Access       // what it said of who may watch
	AccessSince time.Time
}

// Facts is everything that [Next] decides from.
type Facts struct {
	Stream
	Agent Agent
}

// Verdict is what a tile shows, and why.
type Verdict struct {
	State   State
	Since   time.Time // when it came to this, zero when unknown
	RetryAt time.Time // next attempt, zero when none is due
	Reason  Reason
	Status  int
	Message string
	Hint    string
	Detail  string
}

// Next says what a camera with these facts shows now. Only frames that arrived
// make a camera live: neither an open socket nor the agent's word does.
func Next(f Facts, now time.Time) Verdict {
	switch {
	case f.Agent.API != 0 && f.Agent.API != api.Version:
		return incompatible(f.Agent)
	case f.Agent.Failure == nil && f.Agent.Access.denied() != NoReason:
		return Verdict{State: Refused, Since: f.Agent.AccessSince, Reason: f.Agent.Access.denied()}
	case !f.Wanted:
		return unwatched(f)
	case f.Phase == Open && f.Frames > 0:
		return moving(f, now)
	case f.Phase == Open && now.Sub(f.PhaseSince) > stallLimit(f.Stream):
		return silent(f, f.PhaseSince)
	default:
		return waiting(f)
	}
}

// StallAt is when an open stream counts as stalled if no frame comes before.
func StallAt(f Stream) time.Time { return lastSign(f).Add(stallLimit(f)) }

// DoubtAt is when its agent is to be asked for a sign of life if no frame comes
// before: so much earlier that a tile with a dead one hardly counts as stalled
// before it is offline.
func DoubtAt(f Stream) time.Time { return lastSign(f).Add(stallLimit(f) * 2 / 3) }

func lastSign(f Stream) time.Time {
	if f.Frames > 0 {
		return f.LastFrame
	}
	return f.PhaseSince
}

// stallLimit is after how long a silence counts as a stall. The first frame of a
// connection is nothing that could be missing five times.
func stallLimit(f Stream) time.Duration {
	switch {
	case f.Pause == 0:
		return max(minStall, stallIntervals*f.Interval)
	case f.Frames == 0:
		return max(minStall, min(stallIntervals*f.Pause, f.Pause+firstFrame))
	default:
		return max(minStall, stallIntervals*f.Pause)
	}
}

func incompatible(a Agent) Verdict {
	v := Verdict{State: Incompatible, Since: a.APISince, Reason: ReasonTooOld}
	if a.API > api.Version {
		v.Reason = ReasonTooNew
	}
	return v
}

// unwatched is the state of a camera nobody looks at: paused, unless asking its
// agent already shows that looking would be in vain.
func unwatched(f Facts) Verdict {
	switch a := f.Agent; {
	case a.Failure != nil:
		return agentFailed(a)
	case a.saysFailed():
		return cameraFailed(a)
	default:
		return Verdict{State: Paused, Since: f.PhaseSince}
	}
}

// moving is the state of an open stream that gave at least one frame.
func moving(f Facts, now time.Time) Verdict {
	switch {
	case now.Sub(f.LastFrame) > stallLimit(f.Stream):
		return silent(f, f.LastFrame)
	case f.Frames < liveFrames:
		return Verdict{State: Connecting, Since: f.PhaseSince}
	case !f.SlowSince.IsZero() && now.Sub(f.SlowSince) >= slowAfter:
		return Verdict{State: Slow, Since: f.SlowSince}
	default:
		return Verdict{State: Live, Since: f.FirstFrame}
	}
}

// silent is the state of an open stream without frames since the given time.
func silent(f Facts, since time.Time) Verdict {
	if f.Agent.saysFailed() {
		return cameraFailed(f.Agent)
	}
	if f.starting() {
		return Verdict{State: Connecting, Since: f.WantedSince}
	}
	if !f.LastFrame.IsZero() {
		since = f.LastFrame
	}
	return Verdict{State: Stalled, Since: since, Reason: ReasonNoFrames}
}

// starting reports whether the agent is still starting the camera, which may
// take minutes. It said idle when it was asked before we came.
func (f Facts) starting() bool {
	return f.Frames == 0 && f.Agent.Failure == nil && (f.Agent.Camera == api.Starting || f.Agent.Camera == api.Idle)
}

// saysFailed reports whether the agent answers and says that its camera does not.
func (a Agent) saysFailed() bool {
	return a.Failure == nil && (a.Camera == api.Failed || a.Missing)
}

// Answers is what a camera shows that nobody looks at and whose agent says that it is
// well. It is for those who follow cameras all the time; no tile shows it.
const Answers State = "answers"

// Well reports whether the agent answers and says of this camera nothing bad.
func (a Agent) Well() bool { return a.API != 0 && a.Failure == nil && !a.saysFailed() }

// waiting is the state of a stream that is not open, or open and still young.
func waiting(f Facts) Verdict {
	silentBefore := f.Failure != nil && f.Failure.Reason == ReasonNoFrames
	tooMuchBefore := f.Failure != nil && f.Failure.tooMuch()
	// An agent that has just come back does not know its cameras yet.
	notYet := f.Failure != nil && f.Failure.Reason == ReasonCamera && f.Agent.Failure == nil && f.Agent.Camera == api.Starting
	switch {
	case f.Phase == Open && f.Agent.saysFailed():
		return cameraFailed(f.Agent)
	case f.Phase == Open && !silentBefore && !tooMuchBefore, silentBefore && f.starting(), notYet:
		return Verdict{State: Connecting, Since: f.WantedSince}
	case f.Failure != nil:
		return streamFailed(f)
	case f.Agent.Failure != nil:
		return agentFailed(f.Agent)
	case f.Agent.saysFailed():
		return cameraFailed(f.Agent)
	default:
		return Verdict{State: Connecting, Since: f.WantedSince}
	}
}

// streamFailed is the state after the stream ended or could not be opened. What
// the agent says about itself since then is nearer to the truth, unless the
// stream was refused on purpose, by either side.
func streamFailed(f Facts) Verdict {
	v := failed(f.Failure, f.FailedSince)
	switch {
	case v.State == Refused, f.Failure.tooMuch():
	case f.Agent.Failure != nil:
		v = failed(f.Agent.Failure, f.FailedSince)
	case f.Agent.saysFailed():
		v = cameraFailed(f.Agent)
	case v.State == Stalled && !f.LastFrame.IsZero():
		v.Since = f.LastFrame
	}
	return withRetry(v, f.RetryAt)
}

func agentFailed(a Agent) Verdict {
	return withRetry(failed(a.Failure, a.FailedSince), a.RetryAt)
}

func failed(f *Failure, since time.Time) Verdict {
	return Verdict{
		State: f.state(), Since: since, Reason: f.Reason, Status: f.Status,
		Message: f.Message, Hint: f.Hint, Detail: f.Detail,
	}
}

func cameraFailed(a Agent) Verdict {
	v := Verdict{State: CameraError, Since: a.CameraSince, Reason: ReasonCamera}
	switch {
	case a.Problem != nil:
		v.Message, v.Hint, v.Detail = a.Problem.Message, a.Problem.Hint, string(a.Problem.Code)
	case a.Missing:
		v.Detail = "the agent no longer lists this camera"
	}
	return v
}

func withRetry(v Verdict, at time.Time) Verdict {
	v.RetryAt = at
	return v
}
