package rpicam

import (
	"context"
	"io"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/process"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// listTimeout bounds --list-cameras; it takes about 0.7 s on a Pi.
const listTimeout = 20 * time.Second

// lister asks the capture program which cameras there are, one question at a
// time: programs that hang in a driver for ever would become ever more.
type lister struct {
	run   func(ctx context.Context, said io.Writer, argv ...string) (out []byte, ended <-chan struct{}, err error)
	hung  <-chan struct{}   // closed when the last one has ended after all; nil when it did in time
	known map[string]Sensor // by path: the last list in which the modes were known

	reasons []process.Reason // what the program is known to say
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
		return nil, capture.Unkillable(path + " --list-cameras")
	}
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	said := &process.Lines{}
	out, end, err := l.run(ctx, said, path, "--list-cameras")
	if l.hung = end; !ended(end) {
		return nil, capture.Unkillable(path + " --list-cameras")
	}
	if ctx.Err() != nil && err != nil {
		return nil, &capture.Failure{Problem: api.Problem{
			Code: api.CodeNoFrames, Message: "Looking for cameras took too long.",
			Hint: "Run `rpicam-vid --list-cameras` in a terminal. If it hangs as well, restart the Pi.",
		}, Cause: ctx.Err()}
	}
	sensors := ParseList(out)
	switch {
	case len(sensors) > 0:
		return l.complete(sensors), nil
	case err != nil:
		return nil, &capture.Failure{Problem: l.explain(path, said.Last(), err), Cause: err}
	}
	// That there is none is no error to the program. Why, it says on stderr.
	p, ok := process.Because(l.reasons, path, append(said.Last(), "No cameras available!"))
	if !ok {
		p = notDetected()
	}
	return nil, &capture.Failure{Problem: p}
}

func (l *lister) explain(path string, said []string, err error) api.Problem {
	p := process.Explain(l.reasons, path, said, err, mjpeg.Counts{})
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
