package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// Status describes the agent and its cameras as GET /api/v1/status does.
func (s *Server) Status(now time.Time) api.Status {
	id := s.cfg.Identity
	return api.Status{
		API: api.Version, ID: id.ID, Name: s.name(), Host: id.Host, Version: s.cfg.Version,
		Started:   s.started.UTC().Format(time.RFC3339Nano),
		Cameras:   s.cameras(now),
		Announced: s.announced(),
		Access:    s.access(),
	}
}

// name is the agent's name for people.
func (s *Server) name() string { return s.cfg.Facts.Name(s.cfg.Identity.Name) }

func (s *Server) access() api.Access {
	if s.cfg.Access == nil {
		return api.Open
	}
	return s.cfg.Access.State()
}

func (s *Server) announced() []api.Announced {
	list := []api.Announced{} // never null in JSON
	if s.cfg.Announced != nil {
		list = append(list, s.cfg.Announced()...)
	}
	return list
}

func (s *Server) cameras(now time.Time) []api.Camera {
	list := []api.Camera{} // never null in JSON
	for _, h := range s.cfg.Cameras.All() {
		list = append(list, s.camera(h, now))
	}
	return list
}

// cameraName is a camera's name for people.
func (s *Server) cameraName(h *frames.Hub) string {
	c := api.Camera{ID: h.Camera().ID, Name: h.Camera().Name}
	s.cfg.Facts.Apply(&c)
	return c.Name
}

// camera is what the status says of one.
func (s *Server) camera(h *frames.Hub, now time.Time) api.Camera {
	c := h.Status(now)
	c.Video = "/cameras/" + c.ID + "/video"
	c.Snapshot = "/cameras/" + c.ID + "/snapshot.jpg"
	s.cfg.Facts.Apply(&c)
	return c
}

func (s *Server) status(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, s.Status(time.Now()))
}

func (s *Server) listCameras(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, s.cameras(time.Now()))
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// alive answers that the program runs.
func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

// ready answers 200 unless every camera has failed.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	last := noCamera()
	for _, h := range s.cfg.Cameras.All() {
		state, p := h.State()
		if state != api.Failed {
			alive(w, r)
			return
		}
		if p != nil {
			last = *p
		}
	}
	failCamera(w, r, s.name(), last)
}

// startWait is how long a request waits for the agent to have looked for
// cameras, which takes about a second after its start.
const startWait = 5 * time.Second

// awaitCameras lets requests that come right after the start see the cameras.
// They wait until ctx ends, not their own: that ends, too, when a client only
// closes its sending side.
func (s *Server) awaitCameras(ctx context.Context) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(ctx, startWait)
			_ = s.cfg.Cameras.Await(ctx) // without one the answer says so
			cancel()
			next.ServeHTTP(w, r)
		})
	}
}

// hub finds the camera a request is about and answers 404 when there is none.
func (s *Server) hub(w http.ResponseWriter, r *http.Request, id string) (*frames.Hub, bool) {
	h, ok := s.cfg.Cameras.Get(id)
	switch {
	case ok:
	case id == "":
		failCamera(w, r, s.name(), noCamera())
	default:
		failUnknown(w, r)
	}
	return h, ok
}

func failUnknown(w http.ResponseWriter, r *http.Request) {
	fail(w, r, api.Refusal{
		Status: http.StatusNotFound, Title: "No such camera",
		Detail: "This agent has no camera with this id.", Hint: "Open /cameras for the list of ids.",
	})
}

func noCamera() api.Problem {
	return api.Problem{
		Code: api.CodeNoCamera, Message: "The agent has no camera yet.", Hint: "Connect a camera. The agent's log says what it looks for.",
	}
}
