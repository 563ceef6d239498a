package relay

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/engine"
	"pigrid/desktop/feed"
	"pigrid/desktop/serve/problem"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

const (
	// snapshotWait is how long a snapshot waits for its frame,
	snapshotWait = 5 * time.Second
	// longestWait is the same for a camera with seconds between its frames,
	longestWait = 25 * time.Second
	// largeWait is how long it waits for one as large as the camera gives them.
	largeWait = 2 * time.Second
	// snapshotFPS is the rate of a page's tiles: a snapshot of a camera that is on one does
	// not open another connection for its rate.
	snapshotFPS = 10
)

// snapshot answers a frame that arrives after the request, as large as the camera gives
// it unless ?width= says less.
func (r *Relay) snapshot(ctx context.Context, w http.ResponseWriter, req *http.Request, v *viewer, tile engine.Tile) {
	w.Header().Set("Content-Type", "image/jpeg")
	if req.Method == http.MethodHead {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	mine, _ := r.snapshots.Take(clientOf(req), v.wish.Key, cancel)
	if mine == nil {
		w.Header().Set("Retry-After", "1")
		problem.Fail(w, req, api.Refusal{
			Status: http.StatusServiceUnavailable, Code: api.CodeTooManyViewers, Title: "Too many snapshots at once",
			Detail: fmt.Sprintf("This program answers %d snapshots at once, and that many are under way.", maxSnapshots),
			Hint:   "Try again in a second, or open the stream instead.",
		})
		return
	}
	defer r.snapshots.Leave(mine)
	frame, ok := r.await(ctx, req.Context(), v)
	if !ok {
		r.failSnapshot(w, req, tile)
		return
	}
	h := w.Header()
	h.Set("Content-Length", strconv.Itoa(len(frame.JPEG)))
	h.Set(mjpeg.TimestampHeader, fmt.Sprintf("%d.%06d", frame.At.Unix(), frame.At.Nanosecond()/1000))
	h.Set("Content-Disposition", `inline; filename="snapshot.jpg"`)
	_, _ = w.Write(frame.JPEG)
}

// await waits for a frame that arrives from now on.
func (r *Relay) await(ctx, asks context.Context, v *viewer) (frame feed.Frame, ok bool) {
	v.seq, v.fps, v.wish.FPS = v.feed.Frame().Seq, 0, snapshotFPS
	wait := min(max(snapshotWait, 2*v.feed.Facts().Interval), longestWait)
	ctx, stop := context.WithTimeout(ctx, wait)
	defer stop()
	defer context.AfterFunc(asks, stop)()
	frame, err := r.first(ctx, v)
	return frame, err == nil || len(frame.JPEG) > 0
}

// first waits for a frame that is as large as it was asked for: the first ones may be as
// small as a tile. With an error, frame is the newest that came.
func (r *Relay) first(ctx context.Context, v *viewer) (frame feed.Frame, err error) {
	begin := time.Now()
	for {
		next, err := r.next(ctx, v)
		if err != nil {
			return frame, err
		}
		frame = next
		if isLarge(frame, v.feed.Facts(), v.wish.Width) || time.Since(begin) >= largeWait {
			return frame, nil
		}
	}
}

// isLarge reports whether a picture is as large as it was asked for, as far as that is
// known.
func isLarge(frame feed.Frame, facts cameras.Stream, asked int) bool {
	want := facts.Width
	if asked > 0 {
		want = min(want, asked)
	}
	width, _, ok := mjpeg.Size(frame.JPEG)
	return !ok || width >= want
}

// failSnapshot answers that no frame came.
func (r *Relay) failSnapshot(w http.ResponseWriter, req *http.Request, tile engine.Tile) {
	now, _ := r.tile(tile.Key)
	detail := fmt.Sprintf("No picture came within %v.", snapshotWait)
	if why, ok := words[now.Verdict.State]; ok {
		detail = why
	}
	if now.Verdict.Message != "" {
		detail = now.Verdict.Message
	}
	w.Header().Set("Retry-After", "5")
	problem.Fail(w, req, api.Refusal{
		Status: http.StatusServiceUnavailable, Title: tile.Name + " gives no picture", Detail: detail, Hint: now.Verdict.Hint,
	})
}

// words say why a camera gives no picture.
var words = map[cameras.State]string{
	cameras.Stalled:      "The connection is open, and no picture comes.",
	cameras.Offline:      "The camera does not answer.",
	cameras.Refused:      "The camera does not let this program in.",
	cameras.CameraError:  "The agent answers, but its camera gives no picture.",
	cameras.Incompatible: "The agent is of another version than this program.",
}
