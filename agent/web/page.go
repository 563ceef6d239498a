package web

import (
	"embed"
	"html/template"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"pigrid/shared/api"
)

//go:embed assets
var assets embed.FS

var pageTemplate = template.Must(template.ParseFS(assets, "assets/page.html"))

// pagePolicy lets pages load only what this agent serves, and be shown only in its
// own frames.
const pagePolicy = "default-src 'none'; img-src 'self' blob:; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// streamsOnPage is how many cameras the page shows as streams; the others show
// a snapshot a second. Browsers open six connections to one address, and the
// page needs one for its status.
const streamsOnPage = 4

type pageData struct {
	Name    string
	Version string
	Cameras []pageCamera
	// Announced is where mDNS says that the agent is; Silent that it never does;
	// Locked that a login is needed.
	Announced []api.Announced
	Silent    bool
	Locked    bool
}

type pageCamera struct {
	api.Camera
	Stream bool
}

// page shows every camera's picture; it works without JavaScript too.
func (s *Server) page(w http.ResponseWriter, _ *http.Request) {
	data := pageData{Name: s.name(), Version: s.cfg.Version, Announced: s.announced(), Silent: s.cfg.Announced == nil, Locked: s.access() == api.Locked}
	for i, c := range s.cameras(time.Now()) {
		data.Cameras = append(data.Cameras, pageCamera{c, i < streamsOnPage})
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// Who may read answers may show the page in a frame as well, as dashboards do.
	w.Header().Set("Content-Security-Policy", strings.Join(append([]string{pagePolicy}, s.cfg.AllowOrigins...), " "))
	_ = pageTemplate.Execute(w, data)
}

// asset serves the page's style and script.
func asset(w http.ResponseWriter, r *http.Request) {
	name := chi.URLParam(r, "name")
	data, err := assets.ReadFile("assets/" + name)
	if err != nil || path.Ext(name) == ".html" {
		fail(w, r, api.Refusal{Status: http.StatusNotFound, Title: "There is nothing here"})
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data)
}
