package gridapi

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/jpeg"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pigrid/desktop/adding"
	"pigrid/desktop/cameras"
	"pigrid/desktop/client"
	"pigrid/desktop/engine"
	"pigrid/desktop/roster"
	"pigrid/desktop/settings"
	"pigrid/shared/api"
	"pigrid/shared/dnssd"
	"pigrid/shared/jpegscale"
	"pigrid/shared/mjpeg"
)

const (
	idA = "11111111-aaaa-4aaa-8aaa-111111111111"
	idB = "22222222-bbbb-4bbb-8bbb-222222222222"
)

// fakeAgent is an agent on a real socket that can be killed and started again.
type fakeAgent struct {
	t    *testing.T
	addr string
	jpeg []byte
	// every is the time between two frames.
	every time.Duration

	mu     sync.Mutex
	status api.Status
	frames bool
	next   func() []byte    // the next picture; nil for the same one again
	drawn  map[string]sizes // ready-made pictures, by the cameras' ids; nil for none
	open   []string         // queries of the streams that are open
	most   int              // streams that were open at once
	sent   int              // bytes of all streams that the other side's kernel took
	server *http.Server
	served chan struct{}
}

// testJPEG is a picture of 16 by 8 pixels.
func testJPEG(t *testing.T) []byte {
	t.Helper()
	return grey(t, 16, 8)
}

func grey(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// newAgent starts an agent with one camera per id on a free port.
func newAgent(t *testing.T, id, name string, cams ...string) *fakeAgent {
	t.Helper()
	a := &fakeAgent{t: t, addr: "127.0.0.1:0", jpeg: testJPEG(t), every: 50 * time.Millisecond, frames: true}
	a.status = api.Status{API: api.Version, ID: id, Name: name, Host: "pi", Version: "0.1.0"}
	for _, c := range cams {
		a.status.Cameras = append(a.status.Cameras, api.Camera{
			ID: c, Name: name + " " + c, State: api.Live, Framerate: 20, Video: "/cameras/" + c + "/video",
		})
	}
	a.start()
	t.Cleanup(a.kill)
	return a
}

// start listens, on the same port as before.
func (a *fakeAgent) start() {
	a.t.Helper()
	l, err := net.Listen("tcp", a.addr)
	if err != nil {
		a.t.Fatal(err)
	}
	a.addr = l.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/status", func(w http.ResponseWriter, _ *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		_ = json.NewEncoder(w).Encode(a.status)
	})
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /cameras/{id}/video", a.video)
	a.server, a.served = &http.Server{Handler: mux}, make(chan struct{})
	go func(s *http.Server, done chan struct{}) { defer close(done); _ = s.Serve(l) }(a.server, a.served)
}

func (a *fakeAgent) video(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", mjpeg.ContentType)
	_, _ = w.Write([]byte(mjpeg.Opening))
	w.(http.Flusher).Flush()
	a.set(func(a *fakeAgent) { a.open, a.most = append(a.open, r.URL.RawQuery), max(a.most, len(a.open)+1) })
	defer a.set(func(a *fakeAgent) {
		i := slices.Index(a.open, r.URL.RawQuery)
		a.open = slices.Delete(a.open, i, i+1)
	})
	tick := time.NewTicker(a.every)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case now := <-tick.C:
			a.mu.Lock()
			frames, picture := a.frames, a.jpeg
			if a.next != nil && frames {
				picture = a.next()
			}
			a.mu.Unlock()
			if frames {
				n, _ := w.Write(a.part(r, picture, now))
				w.(http.Flusher).Flush()
				a.set(func(a *fakeAgent) { a.sent += n })
			}
		}
	}
}

// sizes is one picture in all sizes, by what the full one is divided.
type sizes map[int][]byte

// part is one frame as the viewer asked for it.
func (a *fakeAgent) part(r *http.Request, picture []byte, now time.Time) []byte {
	drawn := a.drawn[r.PathValue("id")]
	if drawn != nil {
		picture = drawn[1]
	}
	full, _, _ := mjpeg.Size(picture)
	want, err := strconv.Atoi(r.URL.Query().Get("width"))
	factor := jpegscale.Factor(full, want)
	if err != nil || factor == 1 {
		return mjpeg.NewPart(picture, now, false).Standard
	}
	small := drawn[factor]
	if drawn == nil {
		if small, err = new(jpegscale.Scaler).Scale(nil, picture, factor); err != nil {
			a.t.Error(err)
		}
	}
	width, height, _ := mjpeg.Size(small)
	return mjpeg.ScaledPartIn(nil, small, now, width, height).Standard
}

// kill hangs up on everybody and frees the port.
func (a *fakeAgent) kill() {
	_ = a.server.Close()
	<-a.served
}

// queries are those of the streams that are open.
func (a *fakeAgent) queries() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.open)
}

func (a *fakeAgent) set(change func(*fakeAgent)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(a)
}

// streams returns the queries of the streams that are open.
func (a *fakeAgent) streams() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.open)
}

// sighting is how mDNS would tell of the agent.
func (a *fakeAgent) sighting() dnssd.Sighting {
	ap := netip.MustParseAddrPort(a.addr)
	return dnssd.Sighting{
		Info: dnssd.Info{ID: a.status.ID, Name: a.status.Name, API: "/api/v1", Path: "/video"},
		Port: ap.Port(), Addrs: []netip.Addr{ap.Addr()}, At: time.Now(),
	}
}

// fakeSearch is a search whose sightings the test makes.
type fakeSearch struct {
	sighted func(dnssd.Sighting)

	mu         sync.Mutex
	interfaces []string
	refreshed  int
}

func (s *fakeSearch) Run(ctx context.Context) { <-ctx.Done() }

func (s *fakeSearch) Refresh() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refreshed++
}

func (s *fakeSearch) Status() (running bool, interfaces []string, problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return true, s.interfaces, ""
}

// desk is a running app without a window.
type desk struct {
	*Server
	*engine.Engine
	search *fakeSearch
	path   string
	across atomic.Int32 // pixels of the tiles that look shows, 0 for the full pictures
	asleep atomic.Int64 // how long the machine has slept, in nanoseconds

	noted  sync.Mutex
	states []State // as the page was told
}

// startDesk runs an app whose settings are at path; the empty path is a new one.
func startDesk(t *testing.T, path string, reach adding.Client, change ...func(*engine.Config)) *desk {
	t.Helper()
	if path == "" {
		path = filepath.Join(t.TempDir(), "settings.json")
	}
	store, err := settings.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if reach == nil {
		reach = client.NewClient()
	}
	d := &desk{path: path, search: &fakeSearch{interfaces: []string{"eth0 192.168.1.2/24"}}}
	cfg := engine.Config{
		Client: reach, Settings: store, Logger: slog.New(slog.DiscardHandler),
		Clock: func() time.Time { // the wall clock, which goes on in a machine that sleeps
			return time.Now().Round(0).Add(time.Duration(d.asleep.Load()))
		},
		Search: func(sighted func(dnssd.Sighting)) engine.Searcher { d.search.sighted = sighted; return d.search },
	}
	for _, ch := range change {
		ch(&cfg)
	}
	d.Engine = engine.New(cfg)
	d.Server = New(d.Engine, "test")
	d.Engine.Start()
	d.Server.Start()
	ctx, cancel := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	watching.Go(func() { d.follow(ctx) })
	t.Cleanup(func() { cancel(); watching.Wait() })
	t.Cleanup(func() { d.stop(t) })
	return d
}

// follow notes every state until ctx ends.
func (d *desk) follow(ctx context.Context) {
	for known := uint64(0); ; {
		number, s := d.Next(ctx, known)
		if ctx.Err() != nil {
			return
		}
		known = number
		d.noted.Lock()
		d.states = append(d.states, s)
		d.noted.Unlock()
	}
}

func (d *desk) stop(t *testing.T) {
	t.Helper()
	if !d.Stop(1500 * time.Millisecond) {
		t.Error("the app did not stop in time")
	}
}

// told returns what the page was told so far.
func (d *desk) told() []State {
	d.noted.Lock()
	defer d.noted.Unlock()
	return append([]State(nil), d.states...)
}

// texts returns what the page was told so far, as it is told.
func (d *desk) texts() []string {
	var list []string
	for _, s := range d.told() {
		data, _ := json.Marshal(s)
		list = append(list, string(data))
	}
	return list
}

// refreshes is how often a search was asked for.
func (d *desk) refreshes() int {
	d.search.mu.Lock()
	defer d.search.mu.Unlock()
	return d.search.refreshed
}

// camera returns one tile.
func (d *desk) camera(key string) Camera {
	for _, c := range d.State().Cameras {
		if c.Key == key {
			return c
		}
	}
	return Camera{}
}

// agent returns what is known of a watched agent; its ID is empty when it is not.
func (d *desk) agent(id string) roster.Agent {
	for _, a := range d.Roster.Agents() {
		if a.ID == id {
			return a
		}
	}
	return roster.Agent{}
}

// remembering returns settings in which these cameras are remembered.
func remembering(t *testing.T, keys ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "settings.json")
	store, err := settings.Open(path)
	if err == nil {
		err = store.Save(func(s settings.Settings) settings.Settings {
			for _, key := range keys {
				s.Cameras = append(s.Cameras, settings.Camera{Key: key})
			}
			return s
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// look behaves like the page: it pulls frames of all cameras until the test ends.
func (d *desk) look(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			var wants []Want
			for _, c := range d.State().Cameras {
				wants = append(wants, Want{Key: c.Key, FPS: 10, Width: int(d.across.Load())})
			}
			d.Server.look(wants)
			select {
			case <-time.After(200 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// eventually waits until ok, at most for the limit.
func eventually(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	begin := time.Now()
	for !ok() {
		if time.Since(begin) > limit {
			t.Fatalf("not within %v: %s", limit, what)
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Logf("after %v: %s", time.Since(begin).Round(time.Millisecond), what)
}

func (d *desk) eventually(t *testing.T, limit time.Duration, key string, state cameras.State) {
	t.Helper()
	eventually(t, limit, key+" is "+string(state), func() bool { return d.camera(key).State == state })
}
