package relay

import (
	"context"
	"errors"
	"time"

	"pigrid/desktop/feed"
)

// lookEvery is how often a viewer says that it looks: after 1.6 s without, the camera's
// stream is closed.
const lookEvery = 400 * time.Millisecond

// errForgotten ends the streams of a camera that is not there any more.
var errForgotten = errors.New("the camera was forgotten")

// viewer is somebody who watches a camera: what was sent, and when the next frame is due.
type viewer struct {
	feed   *feed.Feed
	wish   feed.Wish
	fps    float64 // 0 for all frames
	seq    uint64  // of the last frame
	due    time.Time
	looked time.Time
}

// next waits for a frame that v was not sent, and meanwhile says that somebody looks.
func (r *Relay) next(ctx context.Context, v *viewer) (feed.Frame, error) {
	again := time.NewTimer(lookEvery)
	defer again.Stop()
	for {
		arrived := r.engine.Streams.Arrived.Wait()
		if r.engine.Streams.Get(v.wish.Key) != v.feed {
			return feed.Frame{}, errForgotten
		}
		now := time.Now()
		if now.Sub(v.looked) >= lookEvery {
			v.looked = now
			r.engine.Streams.Look([]feed.Wish{v.wish})
		}
		wait := lookEvery
		if frame := v.feed.Frame(); frame.Seq != v.seq && len(frame.JPEG) > 0 && !frame.Placeholder {
			left := v.wait(now)
			if left <= 0 {
				v.sent(frame.Seq, now)
				return frame, nil
			}
			wait, arrived = min(left, lookEvery), nil // what comes meanwhile is taken when it is due
		}
		again.Reset(wait)
		select {
		case <-arrived:
		case <-again.C:
		case <-ctx.Done():
			return feed.Frame{}, ctx.Err()
		}
	}
}

// wait is how long the next frame must wait.
func (v *viewer) wait(now time.Time) time.Duration {
	if v.fps == 0 {
		return 0
	}
	return v.due.Sub(now)
}

// sent notes that a frame is sent. One that comes a little late does not delay all that
// follow.
func (v *viewer) sent(seq uint64, now time.Time) {
	v.seq = seq
	if v.fps == 0 {
		return
	}
	interval := time.Duration(float64(time.Second) / v.fps)
	if v.due = v.due.Add(interval); v.due.Before(now) {
		v.due = now.Add(interval)
	}
}
