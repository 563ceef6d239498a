// Package servetest has agents and an app without a window, for tests of pigrid-serve.
package servetest

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pigrid/desktop/client"
	"pigrid/desktop/engine"
	"pigrid/desktop/settings"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// Agent is an agent with one camera, on a real socket.
type Agent struct {
	*httptest.Server
	ID string

	mu   sync.Mutex
	open int
	most int
	all  int // streams so far
}

const (
	// ID is of the agent that [NewAgent] starts.
	ID = "11111111-aaaa-4aaa-8aaa-111111111111"
	// Camera is its camera's.
	Camera = "imx708"
	// Key is what the grid calls it.
	Key = "agent:" + ID + "/" + Camera
	// every is the time between two frames.
	every = 20 * time.Millisecond
)

// NewAgent starts an agent that ends with the test.
func NewAgent(t *testing.T) *Agent {
	t.Helper()
	a := &Agent{ID: ID}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/status", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(api.Status{API: api.Version, ID: a.ID, Name: "porch", Host: "pi", Version: "0.1.0", Cameras: []api.Camera{
			{ID: Camera, Name: "Porch", State: api.Live, Framerate: 50, Width: 16, Height: 8, Video: "/cameras/" + Camera + "/video"},
		}})
	})
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /cameras/{id}/video", a.video)
	a.Server = httptest.NewServer(mux)
	t.Cleanup(func() { a.CloseClientConnections(); a.Close() })
	return a
}

// Addr is its host:port.
func (a *Agent) Addr() string { return a.Listener.Addr().String() }

// Streams tells how many streams are open, how many were at once, and how many in all.
func (a *Agent) Streams() (open, most, all int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.open, a.most, a.all
}

func (a *Agent) count(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open += n
	a.all += max(n, 0)
	a.most = max(a.most, a.open)
}

func (a *Agent) video(w http.ResponseWriter, r *http.Request) {
	a.count(1)
	defer a.count(-1)
	w.Header().Set("Content-Type", mjpeg.ContentType)
	_, _ = w.Write([]byte(mjpeg.Opening))
	tick := time.NewTicker(every)
	defer tick.Stop()
	pictures := [...][]byte{Picture(0), Picture(255)}
	small := draw(255, 8, 4)
	for i := 0; ; i++ {
		part := mjpeg.NewPart(pictures[i%2], time.Now(), false)
		if r.URL.Query().Has("width") {
			part = mjpeg.ScaledPartIn(nil, small, time.Now(), 8, 4)
		}
		_, err := w.Write(part.Standard)
		if err == nil {
			err = http.NewResponseController(w).Flush()
		}
		if err != nil {
			return
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// Picture is a JPEG of 16 by 8 pixels of one grey. With ?width= the agent gives another
// one, of 8 by 4.
func Picture(grey byte) []byte { return draw(grey, 16, 8) }

func draw(grey byte, width, height int) []byte {
	m := image.NewGray(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = color.Gray{Y: grey}.Y
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// Engine starts an app that knows these agents. It ends with the test.
func Engine(t *testing.T, agents ...*Agent) *engine.Engine {
	t.Helper()
	store, err := settings.Open(filepath.Join(t.TempDir(), "settings.json"))
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(engine.Config{Client: client.NewClient(), Settings: store, Logger: slog.New(slog.DiscardHandler)})
	e.Start()
	t.Cleanup(func() {
		if !e.Stop(1500 * time.Millisecond) {
			t.Error("the app did not stop in time")
		}
	})
	for _, a := range agents {
		if r := e.Add(a.Addr()); !r.OK() {
			t.Fatalf("adding: %+v", r)
		}
	}
	return e
}

// Eventually waits until ok is true.
func Eventually(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", limit, what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
