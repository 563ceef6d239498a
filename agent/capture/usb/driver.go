// Package usb captures from USB webcams that give MJPEG, by ffmpeg.
package usb

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"pigrid/agent/capture"
	"pigrid/agent/capture/process"
	"pigrid/shared/api"
)

// Driver is the [capture.Driver] of webcams.
type Driver struct {
	dev, proc string
	log       *slog.Logger
	doubts    doubts
	looks     int // at the signs since the last list
	answers   int // that came late

	mu    sync.Mutex
	known map[string]webcam // by path, all that were ever seen
}

// New returns the driver; dev is where the kernel keeps devices, "" for /dev.
func New(dev string, log *slog.Logger) *Driver { return newDriver(dev, log, queryWebcam) }

func newDriver(dev string, log *slog.Logger, query func(path string) ([]webcamMode, error)) *Driver {
	if dev == "" {
		dev = "/dev"
	}
	return &Driver{dev: dev, proc: "/proc", log: log, doubts: newDoubts(query, log), known: map[string]webcam{}}
}

// Signs implements [capture.Driver]. That a webcam answers late is one.
func (d *Driver) Signs(ctx context.Context) []string {
	var signs []string
	entries, _ := os.ReadDir(filepath.Join(d.dev, byIDDir)) // udev makes and removes them
	for _, e := range entries {
		signs = append(signs, e.Name())
	}
	if d.looks > 0 && d.doubts.end(ctx, d.looks) {
		d.answers++
	}
	d.looks++
	return append(signs, findFFmpeg(), strconv.Itoa(d.answers))
}

func findFFmpeg() string { return process.Find("ffmpeg") }

// Detect implements [capture.Driver]. A webcam that is known is not gone because it
// does not answer.
func (d *Driver) Detect(ctx context.Context) ([]capture.Camera, error) {
	cams, silent, others := findWebcams(d.dev, func(path string) ([]webcamMode, error) { return d.doubts.ask(ctx, path) })
	for _, path := range others {
		d.log.Debug("a USB camera offers no MJPEG; see --source exec: for how to use it", "at", path)
	}
	d.looks = 1
	d.doubts.cams = silent
	d.doubts.forget()
	for _, w := range cams {
		if w.denied {
			d.doubts.cams = append(d.doubts.cams, w)
		}
	}
	cams = d.remember(cams, silent)
	var all []capture.Camera
	for _, w := range cams {
		all = append(all, capture.Camera{
			Model: w.model, Path: w.path, Problem: w.problem(findFFmpeg()), Gone: unplugged(),
			Open: func(_ string, asked func() capture.Options) capture.Stream { return d.open(w.path, asked) },
		})
	}
	return all, nil
}

// remember keeps what is there and returns it, with those that do not answer but are
// known from before.
func (d *Driver) remember(cams, silent []webcam) []webcam {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range silent {
		if before := d.known[w.path]; len(before.modes) > 0 {
			before.gone = false
			cams = append(cams, before)
		}
	}
	for path, w := range d.known {
		w.gone = true
		d.known[path] = w
	}
	for _, w := range cams {
		d.known[w.path] = w
	}
	return cams
}

// open returns how a webcam is captured. It has sizes of its own to choose from.
func (d *Driver) open(path string, asked func() capture.Options) capture.Stream {
	o := orUsual(asked())
	return capture.Stream{Size: o.Size(), Framerate: o.Framerate, Source: &process.Program{
		Argv:    func() ([]string, error) { return d.argv(path, orUsual(asked())) },
		Reasons: reasons(), Repair: withTables,
		Explain: func(p api.Problem, _ []string) api.Problem {
			if p.Code == api.CodeCameraBusy {
				p = process.OpenedBy(d.proc, webcam{path: path}.device()).Because(p)
			}
			return p
		},
	}}
}

// orUsual returns the options with a whole size.
func orUsual(o capture.Options) capture.Options {
	if o.Width == 0 {
		o.Width = capture.UsualWidth
	}
	if o.Height == 0 {
		o.Height = capture.UsualHeight
	}
	return o
}

// argv is how a webcam is captured now.
func (d *Driver) argv(path string, o capture.Options) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w, ffmpeg := d.known[path], findFFmpeg()
	if p := w.problem(ffmpeg); p != nil {
		return nil, &capture.Failure{Problem: *p}
	}
	return append([]string{ffmpeg}, w.ffmpegArgs(o)...), nil
}
