// Package problem answers requests that get nothing, in words.
package problem

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"

	"pigrid/shared/api"
)

//go:embed problem.html
var html string

var page = template.Must(template.New("problem").Parse(html))

// Fail answers with p: problem+json (RFC 9457) for programs, a page for people.
func Fail(w http.ResponseWriter, r *http.Request, p api.Refusal) {
	p.Type = "about:blank"
	h := w.Header()
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		h.Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(p.Status)
		_ = page.Execute(w, p)
		return
	}
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}
