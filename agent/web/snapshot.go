package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"pigrid/agent/frames"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

const (
	// snapshotWait is how long a snapshot waits for its frame; longer where the
	// first may take longer at the camera's rate, up to longestWait.
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
		wait := min(max(snapshotWait, hub.Camera().FirstWithin()), longestWait)
		ctx, cancel := context.WithTimeout(ctx, wait)
		defer cancel()
		settle := settleTime
		if r.URL.Query().Get("settle") == "0" {
			settle = 0
		}
		f := settledFrame(ctx, hub, settle)
		if f == nil {
			failSnapshot(w, r, hub, wait)
			return
		}
		h := w.Header()
		h.Set("Content-Length", strconv.Itoa(len(f.JPEG)))
		h.Set(mjpeg.TimestampHeader, fmt.Sprintf("%d.%06d", f.At.Unix(), f.At.Nanosecond()/1000))
		h.Set("Content-Disposition", `inline; filename="`+hub.Camera().ID+`.jpg"`)
		_, _ = w.Write(f.JPEG)
	}
}

// failSnapshot answers that no frame came in the time that was waited. A slow
// camera that was off has not failed: it goes on and has its picture later.
func failSnapshot(w http.ResponseWriter, r *http.Request, hub *frames.Hub, waited time.Duration) {
	c := hub.Camera()
	state, p := hub.State()
	if start := c.SlowStart(); p == nil && state == api.Starting && start > waited {
		left := max((start - waited).Round(time.Second), time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(int(left.Seconds())))
		p = &api.Problem{
			Code:    "starting",
			Message: fmt.Sprintf("The camera was off and has been started. It gives a picture every %s, and the first may take up to %s.", duration(c.Interval()), duration(start)),
			Hint:    fmt.Sprintf("Ask again in %s: it stays on until then. With --idle-timeout never it is always on.", duration(left)),
		}
	}
	if p == nil {
		p = &api.Problem{
			Message: fmt.Sprintf("No picture came within %s.", duration(waited)),
			Hint:    "The agent keeps trying; look at its log if this goes on.",
		}
	}
	failCamera(w, r, c.Name, *p)
}

// duration writes a time as people do: 1m30s, 12m.
func duration(d time.Duration) string {
	text := d.Round(100 * time.Millisecond).String()
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		return short + "m"
	}
	return text
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
