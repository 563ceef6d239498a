package web

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"

	"pigrid/shared/api"
)

//go:embed assets/problem.html
var problemHTML string

var problemPage = template.Must(template.New("problem").Parse(problemHTML))

// fail answers with p: problem+json for programs, a page for browsers.
func fail(w http.ResponseWriter, r *http.Request, p api.Refusal) {
	p.Type = "about:blank"
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", pagePolicy)
		w.WriteHeader(p.Status)
		_ = problemPage.Execute(w, p)
		return
	}
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
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
