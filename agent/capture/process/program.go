// Package process runs capture programs, ends them, and says why they ended.
package process

import (
	"context"
	"io"
	"time"

	"pigrid/agent/capture"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// lastWords is how long before the last frame a program may say why it ends. What
// it said earlier was about something that has passed.
const lastWords = 5 * time.Second

// Program is a [capture.Source] that runs a program which writes JPEGs to its
// standard output, one after the other.
type Program struct {
	// Argv is the program and its arguments, asked at each start. Its error is best
	// a [*capture.Failure].
	Argv func() ([]string, error)
	// Reasons are what the program is known to say when it fails.
	Reasons []Reason
	// Explain completes why it ended by what only its owner knows; may be nil.
	Explain func(p api.Problem, said []string) api.Problem
	// Repair completes a JPEG; nil when the program writes whole ones.
	Repair func(jpeg []byte) []byte

	start starter  // nil is startProcess; tests replace it
	stuck *process // could not be killed; while it lives it has the camera
}

// Capture implements [capture.Source].
func (p *Program) Capture(ctx context.Context, to capture.Sink) error {
	return p.Run(ctx, to.Frame, nil)
}

// Run is Capture that also hands over each line that the program says; line may
// be nil.
func (p *Program) Run(ctx context.Context, frame func(jpeg []byte, at time.Time), line func(text string)) error {
	if p.stuck != nil && !p.stuck.endsWithin(0) {
		return capture.Unkillable("the last capture program")
	}
	argv, err := p.Argv()
	if err != nil {
		return err
	}
	start := p.start
	if start == nil {
		start = startProcess
	}
	said := &Lines{OnLine: line}
	proc, err := start(argv, said)
	if err != nil {
		return &capture.Failure{Problem: explainStart(argv[0], err), Cause: err}
	}
	defer proc.stdout.Close()

	var last time.Time // when the last frame came; read after read
	scanner := mjpeg.NewScanner(proc.stdout, time.Now)
	read := make(chan struct{})
	go func() {
		defer close(read)
		pump(ctx, scanner, func(jpeg []byte, at time.Time) {
			last = at
			if p.Repair != nil {
				jpeg = p.Repair(jpeg)
			}
			frame(jpeg, at)
		})
		_, _ = io.Copy(io.Discard, proc.stdout)
	}()
	select {
	case <-proc.done:
	case <-ctx.Done():
		if !proc.stop(grace(ctx)) {
			<-read
			p.stuck = proc
			return capture.Unkillable(argv[0])
		}
	}
	<-read
	if ctx.Err() != nil {
		return ctx.Err()
	}
	words := said.Since(last.Add(-lastWords))
	problem := Explain(p.Reasons, argv[0], words, proc.err, scanner.Counts())
	if p.Explain != nil {
		problem = p.Explain(problem, words)
	}
	return &capture.Failure{Problem: problem, Cause: proc.err}
}

// grace is how long a program may take to end by itself.
func grace(ctx context.Context) time.Duration {
	if capture.Ending(ctx) {
		return exitGrace
	}
	return stopGrace
}

// pump hands frames over until the stream or ctx ends.
func pump(ctx context.Context, scanner *mjpeg.Scanner, frame func(jpeg []byte, at time.Time)) {
	for {
		jpeg, at, err := scanner.Next()
		if err != nil || ctx.Err() != nil {
			return
		}
		frame(jpeg, at)
	}
}
