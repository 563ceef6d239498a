// Package camera finds the cameras of this machine, runs their capture programs
// while somebody watches, and fills the frames.Set with what they deliver.
package camera

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pigrid/agent/frames"
	"pigrid/agent/identity"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// Source kinds of --source.
const (
	Auto    = "auto"    // rpicam-vid, else libcamera-vid
	Rpicam  = "rpicam"  // the same, said outright
	Pattern = "pattern" // the built-in test picture
	Exec    = "exec:"   // prefix: any program that writes MJPEG to its standard output
)

// defaultLookEvery is how often new devices are looked for, and cameras while
// there are none.
const defaultLookEvery = 10 * time.Second

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
	LookEvery   time.Duration           // how often to look for new devices, and for cameras while there are none; 0 means 10 s
	DeviceDir   string                  // where the kernel keeps devices; "" means /dev
}

// Manager keeps all cameras of this machine going.
type Manager struct {
	cfg    Config
	wg     sync.WaitGroup
	relist chan struct{}

	mu      sync.Mutex
	sensors map[string]Sensor // by camera id, as listed last
	program string
}

// New returns a Manager that does nothing yet.
func New(cfg Config) *Manager {
	if cfg.LookEvery == 0 {
		cfg.LookEvery = defaultLookEvery
	}
	if cfg.DeviceDir == "" {
		cfg.DeviceDir = "/dev"
	}
	return &Manager{cfg: cfg, relist: make(chan struct{}, 1), sensors: map[string]Sensor{}}
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
		m.watchSensors(ctx)
	}
	<-ctx.Done()
	return nil
}

func (m *Manager) startPattern(ctx context.Context) {
	hub := m.add("pattern")
	m.supervise(ctx, hub, &pattern{camera: hub.Camera(), quality: m.cfg.Options("pattern").Quality})
}

func (m *Manager) startExec(ctx context.Context, argv []string) {
	m.supervise(ctx, m.add("exec"), m.capture(ctx, func() ([]string, error) { return argv, nil }))
}

func (m *Manager) capture(ctx context.Context, argv func() ([]string, error)) *program {
	return &program{
		argv: argv, start: startProcess, now: time.Now,
		ending: func() bool { return ctx.Err() != nil },
		holder: func() string { return holder("/proc") },
	}
}

// add makes the Hub of a camera.
func (m *Manager) add(id string) *frames.Hub {
	o := m.cfg.Options(id)
	return m.cfg.Cameras.Add(frames.NewHub(frames.Camera{
		ID: id, Name: m.name(id), Width: o.Width, Height: o.Height, Framerate: o.Framerate,
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

func (m *Manager) supervise(ctx context.Context, hub *frames.Hub, src source) {
	s := &supervisor{
		hub: hub, src: src, idle: m.cfg.IdleTimeout,
		log: m.cfg.Log.With("camera", hub.Camera().ID), onFailure: m.lookAgain, onLine: m.noteMode(hub),
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

// watchSensors lists the cameras at the start, after failures, when devices
// come or go and, while there are none, now and then. New ones are served at
// once.
func (m *Manager) watchSensors(ctx context.Context) {
	m.wg.Go(func() {
		var said string
		for ctx.Err() == nil {
			seen := devices(m.cfg.DeviceDir)
			err := m.list(ctx)
			if err == nil {
				said = ""
			} else if ctx.Err() == nil {
				said = m.showNoSensors(err, said)
			}
			m.awaitReason(ctx, seen, err != nil)
		}
	})
}

// awaitReason waits for a reason to list the cameras again. Listing takes most
// of a second of a Pi's processor, so it is not done for nothing.
func (m *Manager) awaitReason(ctx context.Context, seen []string, missing bool) {
	tick := time.NewTicker(m.cfg.LookEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-m.relist:
			return
		case <-tick.C:
			if missing || !slices.Equal(seen, devices(m.cfg.DeviceDir)) {
				return
			}
		case <-ctx.Done():
		}
	}
}

// devices lists the names of media and video devices. The kernel makes and
// removes them when cameras come and go.
func devices(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "media") || strings.HasPrefix(e.Name(), "video") {
			names = append(names, e.Name())
		}
	}
	return names
}

// list finds program and cameras and starts what is new.
func (m *Manager) list(ctx context.Context) error {
	path, err := findProgram()
	if err != nil {
		return err
	}
	sensors, err := listCameras(ctx, path)
	if err != nil {
		return err
	}
	known := map[string]Sensor{}
	for _, s := range sensors {
		id, err := m.cfg.IDs.ID(s.Model, s.Path)
		if err != nil {
			m.cfg.Log.Warn("the camera's id cannot be kept", "camera", id, "err", err)
		}
		if m.wanted(id, s.Index) {
			known[id] = s
		}
	}
	if len(known) == 0 {
		return &failure{problem: api.Problem{
			Code:    CodeUnknownID,
			Message: "There is no camera " + strings.Join(m.cfg.Only, ", ") + " on this machine.",
			Hint:    "Start the agent without --camera, or with one of: " + strings.Join(m.ids(sensors), ", ") + ".",
		}}
	}
	m.mu.Lock()
	m.program, m.sensors = path, known
	m.mu.Unlock()
	m.cfg.Cameras.Remove(provisional)
	for id := range known {
		if hub, ok := m.cfg.Cameras.Get(id); ok {
			hub.Recover()
		}
	}
	for _, s := range sensors {
		m.serve(ctx, s)
	}
	return nil
}

func (m *Manager) ids(sensors []Sensor) []string {
	var ids []string
	for _, s := range sensors {
		id, _ := m.cfg.IDs.ID(s.Model, s.Path)
		ids = append(ids, id)
	}
	return ids
}

func (m *Manager) wanted(id string, index int) bool {
	return len(m.cfg.Only) == 0 || slices.Contains(m.cfg.Only, id) || slices.Contains(m.cfg.Only, strconv.Itoa(index))
}

// serve starts a camera that is wanted and not served yet.
func (m *Manager) serve(ctx context.Context, s Sensor) {
	id, _ := m.cfg.IDs.ID(s.Model, s.Path)
	if _, served := m.cfg.Cameras.Get(id); served || !m.wanted(id, s.Index) {
		return
	}
	m.cfg.Log.Info("camera found", "camera", id, "sensor", s.Path)
	m.supervise(ctx, m.add(id), m.capture(ctx, func() ([]string, error) { return m.argv(id) }))
}

// argv is how the camera is captured now; its index may have changed since.
func (m *Manager) argv(id string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sensors[id]
	if !ok {
		return nil, &failure{problem: explain(m.program, []string{"no cameras available"}, nil, mjpeg.Counts{})}
	}
	return append([]string{m.program}, rpicamArgs(s, m.cfg.Options(id))...), nil
}

// provisional is the id of the camera that stands for "none found yet".
const provisional = "camera"

// showNoSensors makes it visible why no camera could be listed; it returns what
// was said last.
func (m *Manager) showNoSensors(err error, said string) string {
	p := api.Problem{Code: CodeCrashed, Message: err.Error()}
	if f, ok := errors.AsType[*failure](err); ok {
		p = f.problem
	}
	if len(m.cfg.Cameras.All()) == 0 {
		m.add(provisional)
	}
	if hub, ok := m.cfg.Cameras.Get(provisional); ok {
		hub.SetState(api.Failed, &p)
	}
	if p.Code == CodeNotDetected { // a mere failure to list says nothing of cameras that are known
		m.mu.Lock()
		m.sensors = map[string]Sensor{}
		m.mu.Unlock()
		for _, h := range m.cfg.Cameras.All() {
			h.FailIdle(p)
		}
	}
	if p.Message != said {
		m.cfg.Log.Warn(p.Message, "hint", p.Hint)
	}
	return p.Message
}
