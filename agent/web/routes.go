package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"pigrid/shared/api"
)

// Handler returns the routes. Whatever waits for a camera ends with ctx.
func (s *Server) Handler(ctx context.Context) http.Handler {
	r := chi.NewRouter()
	r.Use(s.limitTime, s.pace(ctx), s.guardClient, s.guardHost, s.cors, plainHeaders)
	r.NotFound(s.guardAccess(http.HandlerFunc(nothingHere)).ServeHTTP)
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		methods := allowed(r)
		detail := "This address is read-only."
		if slices.ContainsFunc(methods, func(m string) bool { return m != http.MethodGet && m != http.MethodHead }) {
			detail = "This address takes no " + r.Method + " request."
		}
		w.Header().Set("Allow", strings.Join(methods, ", "))
		fail(w, r, api.Refusal{Status: http.StatusMethodNotAllowed, Title: "Only " + listed(methods) + " here", Detail: detail})
	})

	get(r, "/assets/{name}", asset)
	get(r, "/healthz", alive)
	s.accessRoutes(r)
	r.Group(func(r chi.Router) {
		r.Use(s.guardAccess, s.awaitCameras(ctx))
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

func nothingHere(w http.ResponseWriter, r *http.Request) {
	fail(w, r, api.Refusal{
		Status: http.StatusNotFound, Title: "There is nothing here",
		Detail: "PiGrid has no page at this address. Open / to see what there is.",
	})
}

// allowed lists the methods that a request's address takes.
func allowed(r *http.Request) []string {
	var list []string
	at := chi.RouteContext(r.Context())
	path := at.RoutePath
	if path == "" {
		path = r.URL.Path
	}
	for _, method := range [...]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
		if at.Routes.Match(chi.NewRouteContext(), method, path) {
			list = append(list, method)
		}
	}
	return list
}

// listed writes "GET and HEAD work", "PUT works".
func listed(methods []string) string {
	if len(methods) == 1 {
		return methods[0] + " works"
	}
	last := len(methods) - 1
	return strings.Join(methods[:last], ", ") + " and " + methods[last] + " work"
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
