package site

import (
	"io/fs"
	"net/http"
	"strings"

	"pigrid/desktop/serve/problem"
	"pigrid/shared/api"
)

const (
	// manifestPath is what makes the page installable; its icons begin with iconStart.
	manifestPath = "/manifest.webmanifest"
	iconStart    = "/icon-"
)

// page serves the files of the built page.
func (s *Site) page() http.Handler {
	files := http.FileServerFS(s.cfg.Page)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		if name == "" {
			name = "index.html"
		}
		info, err := fs.Stat(s.cfg.Page, name)
		if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(name, ".") || r.URL.Path == "/index.html" {
			nothingHere(w, r)
			return
		}
		if r.URL.Path == manifestPath { // which not every system knows
			w.Header().Set("Content-Type", "application/manifest+json")
		}
		if strings.HasPrefix(name, "assets/") { // their names change with what is in them
			w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
		}
		files.ServeHTTP(w, r)
	})
}

func nothingHere(w http.ResponseWriter, r *http.Request) {
	problem.Fail(w, r, api.Refusal{
		Status: http.StatusNotFound, Title: "There is nothing here",
		Detail: "PiGrid has no page at this address.", Hint: "Open / to see the cameras.",
	})
}
