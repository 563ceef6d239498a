package web

import (
	"context"
	"errors"
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
	// maxSnapshots is how many are answered at once, waiting or being sent.
	maxSnapshots = 16
	// settleTime is how long a camera that was just switched on takes to find
	// its exposure and colours.
	settleTime = time.Second
)

// snapshot answers the newest frame as it came from the camera, byte for byte, or in a
// smaller size with ?width=.
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
		width, ok := widthOf(w, r)
		if !ok {
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		if r.Method == http.MethodHead {
			return
		}
		s.watchers.came(r, time.Now())()
		wait := min(max(snapshotWait, hub.Camera().FirstWithin()), longestWait)
		ctx, stop := context.WithTimeout(ctx, wait)
		defer stop()
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		leave := s.enterSnapshot(r, cancel)
		if leave == nil {
			failBusy(w, r)
			return
		}
		defer leave()
		defer context.AfterFunc(validOf(r), func() { cancel(errAccess) })()
		f := settledFrame(ctx, hub, settleOf(r))
		if errors.Is(context.Cause(ctx), errMadeRoom) {
			failBusy(w, r)
			return
		}
		if errors.Is(context.Cause(ctx), errAccess) {
			release(f)
			s.failChanged(w, r)
			return
		}
		if f == nil {
			s.failSnapshot(w, r, hub, wait)
			return
		}
		full := f.Width
		if width > 0 {
			f = hub.Scaled(ctx, f, width)
		}
		defer f.Release()
		describe(w.Header(), f, full, hub.Camera().ID)
		if c := connOf(r.Context()); c != nil {
			c.keeps = [...]*frames.Frame{f, nil}
			defer func() { c.keeps = [...]*frames.Frame{nil, nil} }()
			defer context.AfterFunc(ctx, func() {
				if errors.Is(context.Cause(ctx), errMadeRoom) {
					_ = c.Conn.Close()
				}
			})()
		}
		_, _ = w.Write(f.JPEG)
	}
}

// settleOf returns how long the picture may still change after the camera began.
func settleOf(r *http.Request) time.Duration {
	if r.URL.Query().Get("settle") == "0" {
		return 0
	}
	return settleTime
}

// describe writes a snapshot's headers. full is the width that the camera sends, in
// pixels.
func describe(h http.Header, f *frames.Frame, full int, camera string) {
	if f.Width != full {
		h[mjpeg.SizeHeader] = []string{fmt.Sprintf("%dx%d", f.Width, f.Height)} // spelled as in parts
	}
	h.Set("Content-Length", strconv.Itoa(len(f.JPEG)))
	h.Set(mjpeg.TimestampHeader, fmt.Sprintf("%d.%06d", f.At.Unix(), f.At.Nanosecond()/1000))
	h.Set("Content-Disposition", `inline; filename="`+camera+`.jpg"`)
}

// enterSnapshot takes one of the slots for snapshots, from another client where
// that is fair. What it returns gives it back; it is nil when there is no slot.
func (s *Server) enterSnapshot(r *http.Request, cancel context.CancelCauseFunc) (leave func()) {
	client := clientOf(r)
	mine, moved := s.snapshots.Take(client, "", func() { cancel(errMadeRoom) })
	if (mine == nil || moved != nil) && s.crowded.now() {
		s.cfg.Log.Warn("too many snapshots at once; the client with the most requests makes room for others, and further requests get 503",
			"limit", maxSnapshots, "client", client)
	}
	if mine == nil {
		return nil
	}
	return func() { s.snapshots.Leave(mine) }
}

func failBusy(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "1")
	fail(w, r, api.Refusal{
		Status: http.StatusServiceUnavailable, Code: api.CodeTooManyViewers, Title: "Too many snapshots at once",
		Detail: fmt.Sprintf("This agent answers %d snapshots at once, and that many are under way.", maxSnapshots),
		Hint:   "Try again in a second, or open the stream instead.",
	})
}

// failSnapshot answers that no frame came in the time that was waited. A slow
// camera that was off has not failed: it goes on and has its picture later.
func (s *Server) failSnapshot(w http.ResponseWriter, r *http.Request, hub *frames.Hub, waited time.Duration) {
	c := hub.Camera()
	state, p := hub.State()
	if start := c.SlowStart(); p == nil && state == api.Starting && start > waited {
		left := max((start - waited).Round(time.Second), time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(int(left.Seconds())))
		p = &api.Problem{
			Code:    api.CodeStarting,
			Message: fmt.Sprintf("The camera was off and is starting. It takes a picture every %s, and the first may take up to %s.", duration(c.Interval()), duration(start)),
			Hint:    fmt.Sprintf("Try again in %s. The camera stays on until then. With --idle-timeout never it is always on.", duration(left)),
		}
	}
	if p == nil {
		p = &api.Problem{
			Message: fmt.Sprintf("No picture came within %s.", duration(waited)),
			Hint:    "The agent keeps trying. If this continues, look at its log.",
		}
	}
	failCamera(w, r, s.cameraName(hub), *p)
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
// newest before that when ctx ends first, nil when there is none. Who gets it
// releases it.
func settledFrame(ctx context.Context, hub *frames.Hub, settle time.Duration) *frames.Frame {
	viewer := hub.Join(ctx, 0)
	defer viewer.Leave()
	var newest *frames.Frame
	for {
		f, err := viewer.Next()
		if err != nil {
			return newest
		}
		release(newest)
		if newest = f; f.At.Sub(f.Since) >= settle {
			return f
		}
	}
}
