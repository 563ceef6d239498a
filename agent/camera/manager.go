// Package camera finds the cameras of this machine, runs their capture programs
// while somebody watches, and fills the frames.Set with what they deliver.
package camera

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"pigrid/agent/frames"
	"pigrid/agent/identity"
)

// Source kinds of --source.
const (
	Auto    = "auto"    // rpicam-vid, else libcamera-vid, and USB webcams
	Rpicam  = "rpicam"  // without webcams
	Pattern = "pattern" // the built-in test picture
	Exec    = "exec:"   // prefix: any program that writes MJPEG to its standard output
)

// defaultLookEvery is how often new devices are looked for, which costs next to
// nothing.
const defaultLookEvery = 3 * time.Second

// Config is what a Manager needs. Cameras, IDs and Log are required.
type Config struct {
	Cameras *frames.Set
	IDs     *identity.CameraIDs
	Log     *slog.Logger

	Source      string
	Only        []string // ids or indexes of the cameras to serve; empty means all
	AgentName   string
	Options     func(id string) Options // what is asked of a camera
	Name        func(id string) string  // its name in the configuration, "" for none
	IdleTimeout time.Duration           // negative: never off
	LookEvery   time.Duration           // how often to look for new devices; 0 means 3 s
	DeviceDir   string                  // where the kernel keeps devices; "" means /dev

	// queryWebcam asks a device for its MJPEG sizes; tests replace it.
	queryWebcam func(path string) ([]webcamMode, error)
}

// Manager keeps all cameras of this machine going.
type Manager struct {
	cfg    Config
	wg     sync.WaitGroup
	relist chan struct{}
	doubts doubts
	lister lister

	mu      sync.Mutex
	program string            // the capture program of sensors
	sensors map[string]Sensor // by camera id, as listed last
	webcams map[string]webcam // by camera id, all that were ever seen
	again   map[string]chan struct{}
}

// New returns a Manager that does nothing yet.
func New(cfg Config) *Manager {
	if cfg.LookEvery == 0 {
		cfg.LookEvery = defaultLookEvery
	}
	if cfg.DeviceDir == "" {
		cfg.DeviceDir = "/dev"
	}
	if cfg.queryWebcam == nil {
		cfg.queryWebcam = queryWebcam
	}
	return &Manager{
		cfg: cfg, relist: make(chan struct{}, 1), doubts: newDoubts(cfg.queryWebcam), lister: lister{run: outputWithin},
		sensors: map[string]Sensor{}, webcams: map[string]webcam{}, again: map[string]chan struct{}{},
	}
}

// Run serves the cameras until ctx ends; then no process of theirs is left. It
// returns an error only for a source that can never work.
func (m *Manager) Run(ctx context.Context) error {
	defer m.wg.Wait()
	switch src := m.cfg.Source; {
	case src == Pattern:
		m.startPattern(ctx)
	case strings.HasPrefix(src, Exec):
		argv, err := SplitCommand(strings.TrimPrefix(src, Exec))
		if err != nil {
			return err
		}
		m.startExec(ctx, argv)
	default:
		m.watchDevices(ctx)
	}
	<-ctx.Done()
	return nil
}

func (m *Manager) startPattern(ctx context.Context) {
	hub := m.add("pattern", m.cfg.Options("pattern").Framerate)
	m.supervise(ctx, hub, &pattern{camera: hub.Camera(), quality: m.cfg.Options("pattern").Quality}, adviceCamera)
}

func (m *Manager) startExec(ctx context.Context, argv []string) {
	m.supervise(ctx, m.add("exec", m.cfg.Options("exec").Framerate), m.capture(ctx, func() ([]string, error) { return argv, nil }), adviceProgram)
}

func (m *Manager) capture(ctx context.Context, argv func() ([]string, error)) *program {
	return &program{
		argv: argv, start: startProcess, now: time.Now,
		ending:  func() bool { return ctx.Err() != nil },
		reasons: reasons(), holder: func() string { return holder("/proc", "") },
	}
}

// add makes the Hub of a camera that gives so many frames per second.
func (m *Manager) add(id string, framerate float64) *frames.Hub {
	o := m.cfg.Options(id)
	return m.cfg.Cameras.Add(frames.NewHub(frames.Camera{
		ID: id, Name: m.name(id), Width: o.Width, Height: o.Height, Framerate: framerate,
	}))
}

// name is what people call a camera: as configured, else the agent's name, with
// the camera's id behind it for all but the first.
func (m *Manager) name(id string) string {
	if name := m.cfg.Name(id); name != "" {
		return name
	}
	if len(m.cfg.Cameras.All()) == 0 {
		return m.cfg.AgentName
	}
	return m.cfg.AgentName + " · " + id
}

func (m *Manager) supervise(ctx context.Context, hub *frames.Hub, src source, advice string) {
	again := make(chan struct{}, 1)
	m.mu.Lock()
	m.again[hub.Camera().ID] = again
	m.mu.Unlock()
	s := &supervisor{
		hub: hub, src: src, idle: m.cfg.IdleTimeout,
		log: m.cfg.Log.With("camera", hub.Camera().ID), onFailure: m.lookAgain, onLine: m.noteMode(hub), advice: advice, again: again,
	}
	m.wg.Go(func() { s.run(ctx) })
}

// noteMode keeps the status true about how the sensor is read.
func (m *Manager) noteMode(hub *frames.Hub) func(string) {
	return func(line string) {
		m.mu.Lock()
		sensor := m.sensors[hub.Camera().ID]
		m.mu.Unlock()
		if mode, ok := sensor.modeIn(line); ok {
			hub.SetMode(sensor.describe(mode))
		}
	}
}

// lookAgain asks for a new list soon; asking twice is asking once.
func (m *Manager) lookAgain() {
	select {
	case m.relist <- struct{}{}:
	default:
	}
}

// serve starts a camera that is not served yet.
func (m *Manager) serve(ctx context.Context, f found) {
	if _, served := m.cfg.Cameras.Get(f.id); served {
		return
	}
	m.cfg.Log.Info("camera found", "camera", f.id, "at", f.path)
	src := m.capture(ctx, func() ([]string, error) { return m.argv(f.id) })
	rate := m.cfg.Options(f.id).sensorRate()
	src.holder = func() string { return sensorHolder("/proc", m.cfg.DeviceDir) }
	if f.webcam != nil {
		rate = m.cfg.Options(f.id).Framerate
		src.reasons, src.repair = webcamReasons(), withTables
		src.holder = func() string { return holder("/proc", f.webcam.device()) }
	}
	m.supervise(ctx, m.add(f.id, rate), src, adviceCamera)
}

// argv is how the camera is captured now; its index may have changed since.
func (m *Manager) argv(id string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w, ok := m.webcams[id]; ok {
		ffmpeg := findFFmpeg()
		if p := w.problem(ffmpeg); p != nil {
			return nil, &failure{problem: *p}
		}
		return append([]string{ffmpeg}, w.ffmpegArgs(m.cfg.Options(id))...), nil
	}
	s, ok := m.sensors[id]
	if !ok {
		return nil, &failure{problem: notDetected()}
	}
	return append([]string{m.program}, rpicamArgs(s, m.cfg.Options(id))...), nil
}
