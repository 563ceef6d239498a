// Package refusal answers requests that get nothing, in words.
package refusal

import (
	"encoding/json"
	"html/template"
	"net/http"
	"strings"

	"pigrid/shared/api"
)

// WantsPage reports whether a person reads the answer to r.
func WantsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// Write answers with p: problem+json (RFC 9457) for programs, page for people.
func Write(w http.ResponseWriter, r *http.Request, page *template.Template, p api.Refusal) {
	p.Type = "about:blank"
	h := w.Header()
	if WantsPage(r) {
		h.Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(p.Status)
		_ = page.Execute(w, p)
		return
	}
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}
