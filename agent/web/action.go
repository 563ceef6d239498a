package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
)

// actionQuery is mjpg-streamer's address of a stream or a picture, as programs
// write it: in any case, with anything after it (?action=stream?dummy=x.mjpg,
// ?action=snapshot?1700000000), and with the number of a camera (stream_1).
var actionQuery = regexp.MustCompile(`(?i)(?:^|[&?;])action=(stream|snapshot)(?:_(\d{1,3}))?`)

// actionOf reads a query; what is "stream", "snapshot" or "" for neither, and
// camera counts from 0.
func actionOf(query string) (what string, camera int) {
	m := actionQuery.FindStringSubmatch(query)
	if m == nil {
		return "", 0
	}
	camera, _ = strconv.Atoi(m[2])
	return strings.ToLower(m[1]), camera
}

// root is the page, and mjpg-streamer's address for streams and pictures.
func (s *Server) root(video, snapshot http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		what, camera := actionOf(r.URL.RawQuery)
		answer := video
		switch what {
		case "":
			s.page(w, r)
			return
		case "snapshot":
			answer = snapshot
		}
		if camera > 0 {
			all := s.cfg.Cameras.All()
			if camera >= len(all) {
				failUnknown(w, r)
				return
			}
			chi.RouteContext(r.Context()).URLParams.Add("id", all[camera].Camera().ID)
		}
		answer(w, r)
	}
}
