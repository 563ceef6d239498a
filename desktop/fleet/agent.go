//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"pigrid/shared/api"
)

// agent is one test agent with one camera.
type agent struct {
	number   int
	addr     string // host:port, known after the first listen
	interval time.Duration
	begin    time.Time // when frame 0 was taken
	scene    *scene
	lock     *lock // nil for open
	link     *link // what it sends through; nil for as fast as can be
	// lie answers in its place, and reports whether it did; nil for an honest agent.
	lie func(w http.ResponseWriter, r *http.Request) bool

	bytes   atomic.Int64 // of streams
	dials   atomic.Int64 // requests for a stream
	viewers atomic.Int64
	newest  [9]atomic.Pointer[numbered] // composed last, by what the full size is divided
	streams sync.WaitGroup

	mu      sync.Mutex
	fault   fault
	changed chan struct{} // closed when the fault changes
	server  *http.Server  // nil while nothing listens
	serving sync.WaitGroup
	conns   map[net.Conn]wish // open streams
}

// numbered is a frame and its number.
type numbered struct {
	n     uint32
	rigid bool
	jpeg  []byte
}

func newAgent(number int, fps float64, prefix string, s *strips, l *lock) (*agent, error) {
	if number > 250 {
		return nil, errors.New("a strip has room for 250 cameras")
	}
	return &agent{
		number: number, addr: fmt.Sprintf("%s%d:0", prefix, number), interval: time.Duration(float64(time.Second) / fps),
		// The first frame is number 1 or a later one. Cameras are not in step.
		begin: time.Now().Add(-time.Duration((1 + float64(number*7%50)/50) * float64(time.Second) / fps)),
		scene: newScene(uint8(number), s), lock: l,
		fault: none, changed: make(chan struct{}), conns: map[net.Conn]wish{},
	}, nil
}

func (a *agent) id() string { return fmt.Sprintf("f1ee7000-0000-4000-8000-%012d", a.number) }

// where is its address, which has a port since it listened first.
func (a *agent) where() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.addr
}

func (a *agent) name() string { return fmt.Sprintf("Camera %d", a.number) }

// frame returns the frame with this number, divided by a factor. Most viewers ask for the
// same one.
func (a *agent) frame(n uint32, factor int) []byte {
	rigid := a.scene.strips.rigid.Load()
	if f := a.newest[factor].Load(); f != nil && f.n == n && f.rigid == rigid {
		return f.jpeg
	}
	f := &numbered{n, rigid, a.scene.frame(n, factor)}
	a.newest[factor].Store(f)
	return f.jpeg
}

// takenAt is when the frame with this number is taken.
func (a *agent) takenAt(n uint32) time.Time { return a.begin.Add(time.Duration(n) * a.interval) }

// newestAt is the number of the newest frame at a time.
func (a *agent) newestAt(t time.Time) uint32 { return uint32(t.Sub(a.begin) / a.interval) }

// state returns the fault of the moment and what is closed when it changes.
func (a *agent) state() (fault, <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.fault, a.changed
}

// set breaks the agent, or makes it well again.
func (a *agent) set(f fault) error {
	a.mu.Lock()
	a.fault = f
	close(a.changed)
	a.changed = make(chan struct{})
	if f.endsStreams() {
		for c := range a.conns {
			end(c, f)
		}
	}
	listening := a.server != nil
	a.mu.Unlock()
	switch {
	case f == refuse && listening:
		a.close()
	case f != refuse && !listening:
		return a.listen()
	}
	return nil
}

// end closes a connection, with a reset when that is the fault.
func end(c net.Conn, f fault) {
	if tcp, ok := tcpOf(c); ok && f == reset {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

// listen starts to serve, at the same address as before.
func (a *agent) listen() error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", a.addr)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET "+api.StatusPath, a.serveStatus)
	mux.HandleFunc("GET /video", a.serveVideo)
	srv := &http.Server{Handler: a.lock.guard(a.id(), a.faulty(mux)), ReadHeaderTimeout: 5 * time.Second}
	a.mu.Lock()
	a.addr, a.server = l.Addr().String(), srv
	a.mu.Unlock()
	a.serving.Go(func() { _ = srv.Serve(a.lock.over(resetting{l, a})) })
	return nil
}

// close stops to serve; nothing listens at the address then.
func (a *agent) close() {
	a.mu.Lock()
	srv := a.server
	a.server = nil
	a.mu.Unlock()
	if srv != nil {
		_ = srv.Close()
	}
	a.serving.Wait()
}

// stop ends everything of the agent.
func (a *agent) stop() {
	_ = a.set(refuse)
	a.streams.Wait()
}

// resetting resets every new connection while that is the fault.
type resetting struct {
	net.Listener
	agent *agent
}

func (l resetting) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if f, _ := l.agent.state(); f != reset {
			return c, nil
		}
		l.agent.dials.Add(1)
		end(c, reset)
	}
}

// faulty answers as the fault of the moment does, and well when there is none.
func (a *agent) faulty(well http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stream := r.URL.Path == "/video"
		if stream {
			a.dials.Add(1)
		}
		if a.lie != nil && a.lie(w, r) {
			return
		}
		f, changed := a.state()
		for ; f == hang; f, changed = a.state() {
			select {
			case <-changed:
			case <-r.Context().Done():
				return
			}
		}
		if refused, ok := f.refuses(stream); ok {
			refused.write(w)
			return
		}
		if f == other {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<title>It works!</title>\n"))
			return
		}
		well.ServeHTTP(w, r)
	})
}

func (a *agent) serveStatus(w http.ResponseWriter, _ *http.Request) {
	f, _ := a.state()
	if f == late {
		time.Sleep(lateBy)
	}
	camera := api.Camera{
		ID: "cam", Name: a.name(), State: api.Live, Width: a.scene.strips.format.width, Height: a.scene.strips.format.height,
		Framerate: float64(time.Second) / float64(a.interval), FPS: float64(time.Second) / float64(a.interval),
		Viewers: int(a.viewers.Load()), Video: "/video", Snapshot: "/snapshot.jpg",
	}
	if camera.Error = f.problem(); camera.Error != nil {
		camera.State, camera.FPS = api.Failed, 0
	}
	status := api.Status{
		API: api.Version, ID: a.id(), Name: a.name(), Host: fmt.Sprintf("fleet-%d", a.number), Version: "0.0.0-fleet",
		Access:  a.lock.access(),
		Started: a.begin.UTC().Format(time.RFC3339), Cameras: []api.Camera{camera},
	}
	if f == newer {
		status.API++
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(status) // a client that left hears nothing
}
