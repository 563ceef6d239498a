// Package exec captures from any program that writes MJPEG to its standard
// output.
package exec

import (
	"context"
	"fmt"
	"image"

	"github.com/google/shlex"

	"pigrid/agent/capture"
	"pigrid/agent/capture/process"
	"pigrid/agent/capture/rpicam"
)

// advice is what helps when frames stop: cables are not to blame.
const advice = "run its program by hand; one that gives pictures more rarely than --framerate says needs a lower one"

// Driver is the [capture.Driver] of one command.
type Driver struct{ argv []string }

// New returns the driver of a command, see [Split].
func New(text string) (capture.Driver, error) {
	argv, err := Split(text)
	return Driver{argv}, err
}

// Signs implements [capture.Driver]: the command is always there.
func (Driver) Signs(context.Context) []string { return nil }

// Detect implements [capture.Driver].
func (d Driver) Detect(context.Context) ([]capture.Camera, error) {
	return []capture.Camera{{ID: "exec", Open: func(_ string, asked func() capture.Options) capture.Stream {
		o := asked().Fitting(image.Point{})
		source := &source{process.Program{Argv: func() ([]string, error) { return d.argv, nil }, Reasons: rpicam.Reasons("/dev")}}
		return capture.Stream{Source: source, Size: o.Size(), Framerate: o.Framerate, Advice: advice}
	}}}, nil
}

// source runs a program that may well be rpicam-vid.
type source struct{ process.Program }

// Capture implements [capture.Source].
func (s *source) Capture(ctx context.Context, to capture.Sink) error {
	return s.Run(ctx, to.Frame, rpicam.Listen(to))
}

// Split splits the command of --source exec: by blanks and quotes.
// Nothing is expanded and no shell is involved.
func Split(text string) ([]string, error) {
	args, err := shlex.Split(text)
	if err != nil {
		return nil, fmt.Errorf("the command %q has a quote that is not closed", text)
	}
	if len(args) == 0 {
		return nil, fmt.Errorf("exec: needs a command, for example exec:ffmpeg -i /dev/video0 -f mjpeg -")
	}
	return args, nil
}
