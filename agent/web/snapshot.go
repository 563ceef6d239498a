package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"pigrid/agent/frames"
	"pigrid/shared/mjpeg"
)

const (
	// snapshotWait is how long a snapshot waits for its frame; of a camera with
	// long exposures it waits for three, up to longestWait.
	snapshotWait = 5 * time.Second
	longestWait  = 25 * time.Second
	// settleTime is how long a camera that was just switched on takes to find
	// its exposure and colours.
	settleTime = time.Second
)

// snapshot answers the newest frame as it came from the camera, byte for byte.
// Being asked starts a camera that sleeps; the picture then is one with settled
// exposure, unless ?settle=0 says that the first will do.
//
// It waits until ctx ends, not the request's own context: that ends, too, when
// a client only closes its sending side.
func (s *Server) snapshot(ctx context.Context) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		hub, ok := s.hub(w, r, chi.URLParam(r, "id"))
		if !ok {
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		if r.Method == http.MethodHead {
			return
		}
		wait := min(max(snapshotWait, 3*hub.Camera().Interval()), longestWait)
		ctx, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		settle := settleTime
		if r.URL.Query().Get("settle") == "0" {
			settle = 0
		}
		f := settledFrame(ctx, hub, settle)
		if f == nil {
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
}

// settledFrame returns the first frame of a camera that was on for so long, the
// newest before that when ctx ends first, nil when there is none.
func settledFrame(ctx context.Context, hub *frames.Hub, settle time.Duration) *frames.Frame {
	viewer := hub.Join(ctx, 0)
	defer viewer.Leave()
	var newest *frames.Frame
	for {
		f, err := viewer.Next()
		if err != nil {
			return newest
		}
		if newest = f; f.At.Sub(f.Since) >= settle {
			return f
		}
	}
}
