// Package capture finds the cameras of this machine, runs their capture programs
// while somebody watches, and fills the frames.Set with what they deliver.
package capture

import (
	"context"
	"image"
	"log/slog"
	"strings"
	"sync"
	"time"

	"pigrid/agent/frames"
	"pigrid/agent/identity"
	"pigrid/shared/api"
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
	// proc is where the kernel shows processes; tests replace it.
	proc string
}

// Manager keeps all cameras of this machine going.
type Manager struct {
	cfg    Config
	wg     sync.WaitGroup
	relist chan struct{}
	doubts doubts
	lister lister // used while a list has its turn
	turns  turns

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
	if cfg.proc == "" {
		cfg.proc = "/proc"
	}
	if cfg.queryWebcam == nil {
		cfg.queryWebcam = queryWebcam
	}
	return &Manager{
		cfg: cfg, relist: make(chan struct{}, 1), doubts: newDoubts(cfg.queryWebcam), lister: lister{run: outputWithin, reasons: reasons(cfg.DeviceDir)},
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
	o := m.cfg.Options("pattern").fitting(image.Point{})
	hub := m.add("pattern", o, o.Framerate)
	m.start(ctx, m.supervisor(hub, &pattern{camera: hub.Camera(), quality: o.Quality}, adviceCamera))
}

func (m *Manager) startExec(ctx context.Context, argv []string) {
	o := m.cfg.Options("exec").fitting(image.Point{})
	src := m.capture(ctx, func() ([]string, error) { return argv, nil })
	m.start(ctx, m.supervisor(m.add("exec", o, o.Framerate), src, adviceProgram))
}

func (m *Manager) capture(ctx context.Context, argv func() ([]string, error)) *program {
	return &program{
		argv: argv, start: startProcess, now: time.Now,
		ending:  func() bool { return ctx.Err() != nil },
		reasons: reasons(m.cfg.DeviceDir),
	}
}

// add makes the Hub of a camera that gives so many frames per second.
func (m *Manager) add(id string, o Options, framerate float64) *frames.Hub {
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

// supervisor returns what keeps a camera going once it is started.
func (m *Manager) supervisor(hub *frames.Hub, src source, advice string) *supervisor {
	again := make(chan struct{}, 1)
	m.mu.Lock()
	m.again[hub.Camera().ID] = again
	m.mu.Unlock()
	return &supervisor{
		hub: hub, src: src, idle: m.cfg.IdleTimeout,
		log: m.cfg.Log.With("camera", hub.Camera().ID), onFailure: m.lookAgain, advice: advice, again: again,
	}
}

func (m *Manager) start(ctx context.Context, s *supervisor) { m.wg.Go(func() { s.run(ctx) }) }

// noteMode keeps the status true about how the sensor is read.
func (m *Manager) noteMode(hub *frames.Hub) func(setup) *api.Problem {
	id := hub.Camera().ID
	return func(now setup) *api.Problem {
		s, _ := m.sensor(id)
		hub.SetMode(s.describe(now))
		return modeReplaced(m.cfg.Options(id).Mode, now)
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
	o := m.cfg.Options(f.id)
	if f.webcam != nil {
		src.reasons, src.repair = webcamReasons(), withTables
		src.more = func(p api.Problem, _ []string) api.Problem {
			if p.Code == api.CodeCameraBusy {
				p = deviceHolder(m.cfg.proc, f.webcam.device()).because(p)
			}
			return p
		}
		m.start(ctx, m.supervisor(m.add(f.id, o.orUsual(), o.Framerate), src, adviceCamera))
		return
	}
	src.more = func(p api.Problem, said []string) api.Problem {
		switch p.Code {
		case api.CodeCameraBusy:
			p = sensorHolder(m.cfg.proc, f.path, said).because(p)
		case api.CodeSize:
			p = tooSmall(p, o, f.sensor.Size)
		}
		return p
	}
	s := m.supervisor(m.add(f.id, o.fitting(f.sensor.Size), o.sensorRate()), src, adviceCamera)
	s.turn = func(ctx context.Context) (func(), error) { return m.turnOf(ctx, f.id) }
	s.setUp = m.noteMode(s.hub)
	m.start(ctx, s)
}

// turnOf waits until a sensor may be started. Modes that nobody knows, because
// another program had the camera whenever it was listed, are asked for first.
func (m *Manager) turnOf(ctx context.Context, id string) (done func(), err error) {
	if s, there := m.sensor(id); there && !s.ModesKnown() {
		_, sensors, _ := m.listSensors(ctx) // what fails here fails again at the start
		m.learn(id, sensors)
	}
	return m.turns.start(ctx)
}

func (m *Manager) sensor(id string) (s Sensor, there bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, there = m.sensors[id]
	return s, there
}

// learn takes the modes of a sensor from a new list.
func (m *Manager) learn(id string, sensors []Sensor) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, there := m.sensors[id]
	for _, s := range sensors {
		if there && s.Path == known.Path {
			known.Modes = s.Modes
			m.sensors[id] = known
		}
	}
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
		return append([]string{ffmpeg}, w.ffmpegArgs(m.cfg.Options(id).orUsual())...), nil
	}
	s, ok := m.sensors[id]
	if !ok {
		return nil, &failure{problem: notDetected()}
	}
	return append([]string{m.program}, rpicamArgs(s, m.cfg.Options(id).fitting(s.Size))...), nil
}
