// Package capture finds the cameras of this machine, captures from them while
// somebody watches, and fills the frames.Set with what they deliver. It knows no
// kind of camera: each is a [Driver] in a folder of its own.
package capture

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"pigrid/agent/frames"
	"pigrid/agent/identity"
)

// defaultLookEvery is how often the agent checks for new devices, which costs next to
// nothing.
const defaultLookEvery = 3 * time.Second

// Config is what a Manager needs. Cameras, IDs and Log are required.
type Config struct {
	Cameras *frames.Set
	IDs     *identity.CameraIDs
	Log     *slog.Logger

	Drivers     []Driver // the kinds of cameras to serve; of the first one they come first
	Only        []string // ids or indexes of the cameras to serve; empty means all
	AgentName   string
	Options     func(id string) Options // what is asked of a camera
	Name        func(id string) string  // its name in the configuration, "" for none
	IdleTimeout time.Duration           // negative: never off
	LookEvery   time.Duration           // how often to look for new devices; 0 means 3 s
}

// Manager keeps all cameras of this machine going.
type Manager struct {
	cfg    Config
	wg     sync.WaitGroup
	relist chan struct{}

	// Of the goroutine that looks for cameras:
	known  map[string]found       // by camera id, all that are served
	served map[string]*supervisor // by camera id
}

// New returns a Manager that does nothing yet.
func New(cfg Config) *Manager {
	if cfg.LookEvery == 0 {
		cfg.LookEvery = defaultLookEvery
	}
	return &Manager{cfg: cfg, relist: make(chan struct{}, 1), known: map[string]found{}, served: map[string]*supervisor{}}
}

// Run serves the cameras until ctx ends; then nothing of them is left that runs.
func (m *Manager) Run(ctx context.Context) error {
	defer m.wg.Wait()
	m.wg.Go(func() { m.watch(ctx) })
	<-ctx.Done()
	return nil
}

// name is what people call a camera: as configured, else the agent's name,
// which the camera's id follows for all but the first.
func (m *Manager) name(id string) string {
	if name := m.cfg.Name(id); name != "" {
		return name
	}
	if len(m.cfg.Cameras.All()) == 0 {
		return m.cfg.AgentName
	}
	return m.cfg.AgentName + " · " + id
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
	if _, served := m.served[f.id]; served {
		return
	}
	if f.Path != "" {
		m.cfg.Log.Info("camera found", "camera", f.id, "at", f.Path)
	}
	name := m.name(f.id)
	stream := f.Open(name, func() Options { return m.cfg.Options(f.id) })
	s := &supervisor{
		writer: writer{hub: frames.NewHub(frames.Camera{
			ID: f.id, Name: name, Width: stream.Size.X, Height: stream.Size.Y, Framerate: stream.Framerate,
		})},
		src: stream.Source, idle: m.cfg.IdleTimeout, advice: stream.Advice,
		log: m.cfg.Log.With("camera", f.id), onFailure: m.lookAgain, again: make(chan struct{}, 1),
	}
	m.known[f.id], m.served[f.id] = f, s
	s.present(f.cannot())
	m.cfg.Cameras.Add(s.hub)
	m.wg.Go(func() { s.run(ctx) })
}
