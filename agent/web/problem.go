package web

import (
	_ "embed"
	"html/template"
	"net/http"

	"pigrid/shared/api"
	"pigrid/shared/refusal"
)

//go:embed assets/problem.html
var problemHTML string

var problemPage = template.Must(template.New("problem").Parse(problemHTML))

// fail answers with p: problem+json for programs, a page for browsers.
func fail(w http.ResponseWriter, r *http.Request, p api.Refusal) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if refusal.WantsPage(r) {
		h.Set("Content-Security-Policy", pagePolicy)
	}
	refusal.Write(w, r, problemPage, p)
}

// failCamera answers that a camera gives no picture, and why.
func failCamera(w http.ResponseWriter, r *http.Request, name string, p api.Problem) {
	if w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", "5")
	}
	fail(w, r, api.Refusal{
		Status: http.StatusServiceUnavailable, Title: name + " gives no picture",
		Detail: p.Message, Hint: p.Hint, Code: p.Code,
	})
}
