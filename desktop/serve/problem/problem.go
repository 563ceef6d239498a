// Package problem answers requests that get nothing, in words.
package problem

import (
	_ "embed"
	"html/template"
	"net/http"

	"pigrid/shared/api"
	"pigrid/shared/refusal"
)

//go:embed problem.html
var html string

var page = template.Must(template.New("problem").Parse(html))

// Fail answers with p: problem+json for programs, a page for people.
func Fail(w http.ResponseWriter, r *http.Request, p api.Refusal) { refusal.Write(w, r, page, p) }
