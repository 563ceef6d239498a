package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"pigrid/shared/mjpeg"
)

// snapshotWait is how long a snapshot waits for its frame.
const snapshotWait = 5 * time.Second

// snapshot answers the newest frame as it came from the camera, byte for byte.
// Being asked starts a camera that sleeps.
func (s *Server) snapshot(w http.ResponseWriter, r *http.Request) {
	hub, ok := s.hub(w, r, chi.URLParam(r, "id"))
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	if r.Method == http.MethodHead {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), snapshotWait)
	defer cancel()
	viewer := hub.Join(ctx, 0)
	defer viewer.Leave()
	f, err := viewer.Next()
	if err != nil {
		_, p := hub.State()
		failCamera(w, r, hub.Camera().Name, p)
		return
	}
	h := w.Header()
	h.Set("Content-Length", strconv.Itoa(len(f.JPEG)))
	h.Set(mjpeg.TimestampHeader, fmt.Sprintf("%d.%06d", f.At.Unix(), f.At.Nanosecond()/1000))
	h.Set("Content-Disposition", `inline; filename="`+hub.Camera().ID+`.jpg"`)
	_, _ = w.Write(f.JPEG)
}
