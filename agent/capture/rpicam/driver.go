// Package rpicam captures from the sensors of a Pi by rpicam-vid, which older
// systems call libcamera-vid.
package rpicam

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync"

	"pigrid/agent/capture"
	"pigrid/agent/capture/process"
	"pigrid/shared/api"
)

// Driver is the [capture.Driver] of sensors.
type Driver struct {
	dev, proc string
	lister    lister // used while a list has its turn
	turns     turns

	mu      sync.Mutex
	program string            // the capture program
	sensors map[string]Sensor // by path, as listed last
}

// New returns the driver; dev is where the kernel keeps devices, "" for /dev.
func New(dev string) *Driver {
	if dev == "" {
		dev = "/dev"
	}
	return &Driver{dev: dev, proc: "/proc", lister: lister{run: process.Output, reasons: Reasons(dev)}, sensors: map[string]Sensor{}}
}

// Signs implements [capture.Driver].
func (d *Driver) Signs(context.Context) []string { return append(devices(d.dev), findProgram()) }

// devices lists the names of media and video devices. The kernel makes and removes
// them when cameras come and go.
func devices(dir string) []string {
	var names []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "media") || strings.HasPrefix(e.Name(), "video") {
			names = append(names, e.Name())
		}
	}
	return names
}

// findProgram returns the path of the capture program, "" when it is not
// installed: rpicam-vid since 2023, libcamera-vid before.
func findProgram() string { return process.Find("rpicam-vid", "libcamera-vid") }

// Detect implements [capture.Driver].
func (d *Driver) Detect(ctx context.Context) ([]capture.Camera, error) {
	program, sensors, err := d.list(ctx)
	if err == nil || capture.CodeOf(err) == api.CodeNotDetected {
		d.remember(program, sensors)
	}
	var all []capture.Camera
	for _, s := range sensors {
		all = append(all, capture.Camera{
			Model: s.Model, Path: s.Path, Index: strconv.Itoa(s.Index), Gone: notDetected(),
			Open: func(_ string, asked func() capture.Options) capture.Stream { return d.open(s, asked) },
		})
	}
	return all, err
}

// list asks the capture program for its cameras, while none is started.
func (d *Driver) list(ctx context.Context) (program string, sensors []Sensor, err error) {
	if program = findProgram(); program == "" {
		return "", nil, &capture.Failure{Problem: api.Problem{
			Code:    api.CodeProgramMissing,
			Message: "Neither rpicam-vid nor libcamera-vid is installed.",
			Hint:    "Install it with: sudo apt install rpicam-apps-lite (libcamera-apps on older systems). To try without a camera, start the agent with --source pattern.",
		}}
	}
	done, err := d.turns.list(ctx)
	if err != nil {
		return program, nil, err
	}
	defer done()
	sensors, err = d.lister.list(ctx, program)
	return program, sensors, err
}

func (d *Driver) remember(program string, sensors []Sensor) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.program = program
	clear(d.sensors)
	for _, s := range sensors {
		d.sensors[s.Path] = s
	}
}

// open returns how a sensor is captured.
func (d *Driver) open(s Sensor, asked func() capture.Options) capture.Stream {
	program := &process.Program{
		Argv:    func() ([]string, error) { return d.argv(s.Path, asked()) },
		Reasons: Reasons(d.dev),
		Explain: func(p api.Problem, said []string) api.Problem {
			switch p.Code {
			case api.CodeCameraBusy:
				p = process.LockedBy(d.proc, mediaDevices(said, s.Path)).Because(p)
			case api.CodeSize:
				p = tooSmall(p, asked(), s.Size)
			}
			return p
		},
	}
	o := asked().Fitting(s.Size)
	return capture.Stream{
		Source: &stream{run: program.Run, driver: d, path: s.Path, asked: asked},
		Size:   o.Size(), Framerate: sensorRate(o),
	}
}

// argv is how a sensor is captured now; its index may have changed since.
func (d *Driver) argv(path string, o capture.Options) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.sensors[path]
	if !ok {
		return nil, &capture.Failure{Problem: notDetected()}
	}
	return append([]string{d.program}, arguments(s, o.Fitting(s.Size))...), nil
}

// turn waits until a sensor may be started. Modes that nobody knows, because
// another program had the camera whenever it was listed, are asked for first.
func (d *Driver) turn(ctx context.Context, path string) (done func(), err error) {
	if s, there := d.sensor(path); there && !s.ModesKnown() {
		_, sensors, _ := d.list(ctx) // what fails here fails again at the start
		d.learn(path, sensors)
	}
	return d.turns.start(ctx)
}

func (d *Driver) sensor(path string) (s Sensor, there bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, there = d.sensors[path]
	return s, there
}

// learn takes the modes of a sensor from a new list.
func (d *Driver) learn(path string, sensors []Sensor) {
	d.mu.Lock()
	defer d.mu.Unlock()
	known, there := d.sensors[path]
	for _, s := range sensors {
		if there && s.Path == path {
			known.Modes = s.Modes
			d.sensors[path] = known
		}
	}
}
