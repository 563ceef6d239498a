package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

const (
	firstFrameWait = 10 * time.Second // from start to the first frame
	minStall       = 3 * time.Second
	stallIntervals = 5
	uploadWait     = 30 * time.Second // between two steps of a firmware upload
	// lastWords is how long before the last frame a program may say why it ends.
	// What it said earlier was about something that has passed.
	lastWords = 5 * time.Second
)

// Why a session was ended by us.
var (
	errIdle    = errors.New("nobody watches")
	errStalled = errors.New("no new frame")

	// errUnkillable: the capture program did not even end when it was killed.
	errUnkillable = errors.New("the program does not end")
)

// sink takes the frames of a session.
type sink func(jpeg []byte, at time.Time)

// source runs one capture session: it hands frames to publish until ctx ends
// or the camera does. When it returns, nothing of it is left.
type source interface {
	capture(ctx context.Context, publish sink, progress func(text string)) error
}

// failure is why a capture session ended, as a person needs to know it.
type failure struct {
	problem api.Problem
	cause   error
}

func (f *failure) Error() string {
	if f.cause != nil {
		return fmt.Sprintf("%s (%v)", f.problem.Message, f.cause)
	}
	return f.problem.Message
}

func (f *failure) Unwrap() error { return f.cause }

// program is a source that runs a capture program.
type program struct {
	argv  func() ([]string, error)
	start starter
	now   func() time.Time
	// ending reports whether the whole agent ends, which leaves less time.
	ending func() bool
	// reasons are what the program is known to say.
	reasons []reason
	// repair completes a JPEG; nil when the program writes whole ones.
	repair func(jpeg []byte) []byte
	// more completes why it ended by what only its owner knows; may be nil.
	more func(p api.Problem, said []string) api.Problem

	stuck *process // could not be killed; while it lives it has the camera
}

func (p *program) capture(ctx context.Context, publish sink, progress func(string)) error {
	if p.stuck != nil && !p.stuck.endsWithin(0) {
		return unkillable("the last capture program")
	}
	argv, err := p.argv()
	if err != nil {
		return err
	}
	said := &lines{onLine: progress}
	proc, err := p.start(argv, said)
	if err != nil {
		return &failure{explainStart(argv[0], err), err}
	}
	defer proc.stdout.Close()

	var last time.Time // when the last frame came; read after read
	scanner := mjpeg.NewScanner(proc.stdout, p.now)
	read := make(chan struct{})
	go func() {
		defer close(read)
		pump(ctx, scanner, func(jpeg []byte, at time.Time) {
			last = at
			if p.repair != nil {
				jpeg = p.repair(jpeg)
			}
			publish(jpeg, at)
		})
		_, _ = io.Copy(io.Discard, proc.stdout)
	}()
	select {
	case <-proc.done:
	case <-ctx.Done():
		if !proc.stop(p.grace()) {
			<-read
			p.stuck = proc
			return unkillable(argv[0])
		}
	}
	<-read
	if ctx.Err() != nil {
		return ctx.Err()
	}
	words := said.since(last.Add(-lastWords))
	problem := explain(p.reasons, argv[0], words, proc.err, scanner.Counts())
	if p.more != nil {
		problem = p.more(problem, words)
	}
	return &failure{problem, proc.err}
}

func (p *program) grace() time.Duration {
	if p.ending() {
		return exitGrace
	}
	return stopGrace
}

// pump publishes frames until the stream or ctx ends.
func pump(ctx context.Context, scanner *mjpeg.Scanner, publish sink) {
	for {
		jpeg, at, err := scanner.Next()
		if err != nil || ctx.Err() != nil {
			return
		}
		publish(jpeg, at)
	}
}

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
