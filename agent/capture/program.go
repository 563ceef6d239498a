package capture

import (
	"context"
	"os/exec"
	"runtime"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// programNames are the names of the capture program: rpicam-vid since 2023,
// libcamera-vid before.
var programNames = [...]string{"rpicam-vid", "libcamera-vid"}

// listTimeout bounds --list-cameras; it takes about 0.7 s on a Pi.
const listTimeout = 20 * time.Second

// findProgram returns the path of the capture program.
func findProgram() (string, error) {
	for _, name := range programNames {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", &failure{problem: api.Problem{
		Code:    api.CodeProgramMissing,
		Message: "Neither rpicam-vid nor libcamera-vid is installed.",
		Hint:    "Install it with: sudo apt install rpicam-apps-lite (libcamera-apps on older systems). To try without a camera, start the agent with --source pattern.",
	}}
}

// findFFmpeg returns the path of the program that captures from webcams, "" when
// it is not installed.
func findFFmpeg() string {
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		return ""
	}
	return path
}

// lister asks the capture program which cameras there are, one question at a
// time: programs that hang in a driver for ever would become ever more.
type lister struct {
	run   func(context.Context, *exec.Cmd) (out []byte, ended <-chan struct{}, err error)
	hung  <-chan struct{}   // closed when the last one has ended after all; nil when it did in time
	known map[string]Sensor // by path: the last list in which the modes were known

	reasons []reason // what the program is known to say
}

// complete gives sensors that another program uses the modes they had before.
func (l *lister) complete(sensors []Sensor) []Sensor {
	if l.known == nil {
		l.known = map[string]Sensor{}
	}
	for i, s := range sensors {
		before := l.known[s.Path]
		switch {
		case s.ModesKnown():
			l.known[s.Path] = s
		case before.Model == s.Model && before.Size == s.Size:
			sensors[i].Modes = before.Modes
		}
	}
	return sensors
}

// list works while a camera is in use.
func (l *lister) list(ctx context.Context, path string) ([]Sensor, error) {
	if !ended(l.hung) {
		return nil, unkillable(path + " --list-cameras")
	}
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--list-cameras")
	cmd.WaitDelay = eofGrace
	said := &lines{}
	cmd.Stderr = said
	out, end, err := l.run(ctx, cmd)
	if l.hung = end; !ended(end) {
		return nil, unkillable(path + " --list-cameras")
	}
	if ctx.Err() != nil && err != nil {
		return nil, &failure{api.Problem{
			Code: api.CodeNoFrames, Message: "Looking for cameras took too long.",
			Hint: "Run `rpicam-vid --list-cameras` by hand; restart the Pi if it hangs, too.",
		}, ctx.Err()}
	}
	sensors := ParseList(out)
	switch {
	case len(sensors) > 0:
		return l.complete(sensors), nil
	case err != nil:
		return nil, &failure{l.explain(path, said.last(), err), err}
	}
	// That there is none is no error to the program. Why, it says on stderr.
	p, ok := because(l.reasons, path, append(said.last(), "No cameras available!"))
	if !ok {
		p = notDetected()
	}
	return nil, &failure{problem: p}
}

func (l *lister) explain(path string, said []string, err error) api.Problem {
	p := explain(l.reasons, path, said, err, mjpeg.Counts{})
	if p.Code == api.CodeCrashed {
		p.Hint = "Run `" + path + " --list-cameras` by hand to see more."
	}
	return p
}

// ended reports whether something ended or, for nil, never began.
func ended(end <-chan struct{}) bool {
	select {
	case <-end:
		return true
	default:
		return end == nil
	}
}

// outputWithin is cmd.Output that gives up with ctx even when the program
// cannot be killed; ended is closed when it has ended after all. The program
// runs from a thread that lives until it was reaped: the kernel ties its death
// signal to that thread.
func outputWithin(ctx context.Context, cmd *exec.Cmd) (out []byte, ended <-chan struct{}, err error) {
	var all []byte
	var end error
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		g := newGroup()
		defer g.end()
		g.take(cmd)
		all, end = cmd.Output()
	}()
	select {
	case <-done:
		return all, done, end
	case <-ctx.Done():
	}
	timer := time.NewTimer(killGrace)
	defer timer.Stop()
	select {
	case <-done:
		return all, done, end
	case <-timer.C:
		return nil, done, ctx.Err()
	}
}
