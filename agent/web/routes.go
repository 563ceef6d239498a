package web

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"pigrid/shared/api"
)

// Handler returns the routes. Whatever waits for a camera ends with ctx.
func (s *Server) Handler(ctx context.Context) http.Handler {
	r := chi.NewRouter()
	r.Use(s.limitTime, s.pace(ctx), s.guardClient, s.guardHost, s.cors, plainHeaders)
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, api.Refusal{
			Status: http.StatusNotFound, Title: "There is nothing here",
			Detail: "PiGrid has no page at this address. Open / to see what there is.",
		})
	})
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", "GET, HEAD")
		fail(w, r, api.Refusal{
			Status: http.StatusMethodNotAllowed, Title: "Only GET and HEAD work here",
			Detail: "This address is read-only.",
		})
	})

	get(r, "/assets/{name}", asset)
	get(r, "/healthz", alive)
	r.Group(func(r chi.Router) {
		r.Use(s.awaitCameras(ctx))
		video, snapshot := s.video(ctx), s.snapshot(ctx)
		get(r, "/", s.root(video, snapshot))
		get(r, "/video", video)
		get(r, "/stream", video)
		get(r, "/snapshot.jpg", snapshot)
		get(r, "/snapshot", snapshot)
		get(r, "/cameras", s.listCameras)
		get(r, "/cameras/{id}/video", named(video))
		get(r, "/cameras/{id}/snapshot.jpg", named(snapshot))
		get(r, api.StatusPath, s.status)
		get(r, "/readyz", s.ready)
		get(r, "/metrics", s.metrics)
	})
	return r
}

// get registers h for GET and HEAD: chi answers HEAD with 405 otherwise.
func get(r chi.Router, path string, h http.HandlerFunc) {
	r.Get(path, h)
	r.Head(path, h)
}

// named answers requests that name a camera. chi takes /cameras//video for one
// with an empty id, which means the first camera elsewhere.
func named(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if chi.URLParam(r, "id") == "" {
			failUnknown(w, r)
			return
		}
		h(w, r)
	}
}

// limitTime ends requests whose client does not send what it has announced, so
// that none holds a connection for ever. How long it may read, [conn] knows.
func (s *Server) limitTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Fails for what is no connection: then there is nothing to limit.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.patience.body))
		next.ServeHTTP(w, r)
	})
}

// plainHeaders sets what every answer carries.
func plainHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}
