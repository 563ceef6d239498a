// Package relay gives other programs the cameras of the grid, as an agent gives them its
// own: each at one address, as a stream and as a snapshot. However many watch a camera,
// there is one connection to it.
package relay

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/engine"
	"pigrid/desktop/feed"
	"pigrid/desktop/serve/problem"
	"pigrid/shared/api"
	"pigrid/shared/slots"
)

// maxSnapshots is how many are answered at once.
const maxSnapshots = 16

// Relay serves the cameras of an Engine. It owns the connections of its streams.
type Relay struct {
	engine     *engine.Engine
	maxViewers int
	log        *slog.Logger
	parts      parts
	viewers    *slots.Slots // streams that run
	snapshots  *slots.Slots // that are answered

	mu      sync.Mutex
	said    time.Time // when it was last said that a client made room
	ended   bool
	streams sync.WaitGroup
}

// New returns a Relay that serves so many streams at once.
func New(e *engine.Engine, maxViewers int, log *slog.Logger) *Relay {
	return &Relay{engine: e, maxViewers: maxViewers, log: log, viewers: slots.New(maxViewers), snapshots: slots.New(maxSnapshots)}
}

// clientOf is the address of who asks.
func clientOf(r *http.Request) netip.Addr {
	at, _ := netip.ParseAddrPort(r.RemoteAddr)
	return at.Addr().Unmap().WithZone("")
}

// Wait lets no other stream begin, and returns when all have ended.
func (r *Relay) Wait() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.streams.Wait()
}

// Listed is a camera as programs see it.
type Listed struct {
	Key      string         `json:"key"`
	Name     string         `json:"name"`
	State    cameras.State  `json:"state"`
	Reason   cameras.Reason `json:"reason"`
	Video    string         `json:"video"`    // path of the stream
	Snapshot string         `json:"snapshot"` // path of the newest picture
}

// List answers which cameras there are: {"cameras": [{key, name, state, …}, …]}.
func (r *Relay) List(w http.ResponseWriter, _ *http.Request) {
	list := []Listed{}
	for _, t := range r.engine.Snapshot().Tiles {
		video, snapshot := Paths(t.Key)
		list = append(list, Listed{t.Key, t.Name, t.Verdict.State, t.Verdict.Reason, video, snapshot})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"cameras": list})
}

const (
	videoEnd    = "/video"
	snapshotEnd = "/snapshot.jpg"
)

// Paths are where a camera's stream is, and its newest picture.
func Paths(key string) (video, snapshot string) {
	at := "/cameras/" + pathOf(key)
	return at + videoEnd, at + snapshotEnd
}

// pathOf is a key in a path. It keeps its slash, which proxies do not let pass escaped.
func pathOf(key string) string {
	agent, camera, two := strings.Cut(key, "/")
	if !two {
		return url.PathEscape(key)
	}
	return url.PathEscape(agent) + "/" + url.PathEscape(camera)
}

// Camera answers GET and HEAD of KEY/video and KEY/snapshot.jpg, which is the path value
// "camera". Streams end with ctx.
func (r *Relay) Camera(ctx context.Context) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		path := req.PathValue("camera")
		key, video := strings.CutSuffix(path, videoEnd)
		snapshot := false
		if !video {
			key, snapshot = strings.CutSuffix(path, snapshotEnd)
		}
		f := r.engine.Streams.Get(key)
		tile, shown := r.tile(key)
		if !video && !snapshot || !shown || f == nil {
			problem.Fail(w, req, api.Refusal{
				Status: http.StatusNotFound, Title: "There is no such camera",
				Detail: "No camera has this address.", Hint: "Open /cameras for a list of all.",
			})
			return
		}
		asked, err := renditionOf(req.URL.Query())
		if err != "" {
			problem.Fail(w, req, api.Refusal{Status: http.StatusBadRequest, Code: api.CodeInvalid, Title: "Invalid request", Detail: err})
			return
		}
		v := &viewer{feed: f, wish: feed.Wish{Key: key, Rendition: asked}, fps: asked.FPS}
		if video {
			r.video(ctx, w, req, v)
		} else {
			r.snapshot(ctx, w, req, v, tile)
		}
	}
}

// tile is a camera that people see.
func (r *Relay) tile(key string) (engine.Tile, bool) {
	if !cameras.ValidKey(key) {
		return engine.Tile{}, false
	}
	for _, t := range r.engine.Snapshot().Tiles {
		if t.Key == key {
			return t, true
		}
	}
	return engine.Tile{}, false
}

// renditionOf reads ?fps= and ?width=, as an agent does; what is wrong is a sentence.
func renditionOf(q url.Values) (asked feed.Rendition, wrong string) {
	fps, err := strconv.ParseFloat(cmp.Or(q.Get("fps"), strconv.Itoa(feed.MaxFPS)), 64)
	if err != nil || !(fps >= feed.MinFPS && fps <= feed.MaxFPS) {
		return asked, "fps must be a number from 0.1 to 120."
	}
	if q.Get("fps") != "" {
		asked.FPS = fps
	}
	width, err := strconv.Atoi(cmp.Or(q.Get("width"), "1"))
	if err != nil || width < 1 || width > feed.MaxWidth {
		return asked, "width must be a whole number from 1 to " + strconv.Itoa(feed.MaxWidth) + "."
	}
	if q.Get("width") != "" {
		asked.Width = width
	}
	return asked, ""
}
