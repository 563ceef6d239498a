package frames

import (
	"context"
	"errors"
	"sync"
	"time"

	"pigrid/shared/jpegscale"
)

// minFresh is the age up to which a frame is shown to a new viewer at once.
const minFresh = 2 * time.Second

// ErrGone is what viewers get when their camera was taken out of the Set.
var ErrGone = errors.New("the camera is gone")

// Viewer is one reader of a Hub. It is not safe for concurrent use.
type Viewer struct {
	hub     *Hub
	ctx     context.Context // a Viewer lives exactly as long as its request
	last    *Frame
	leave   func()
	skipped uint64
	pace    pacer
	width   int    // pixels that frames must be wide at least; 0: as they are
	size    *size  // chosen by the first frame; nil before, and where frames stay as they are
	passed  uint64 // Seq of the frame that was the newest when one had been scaled
}

// Join adds a viewer until Leave is called; its Next ends with ctx. With a
// positive fps it gets at most that many frames per second, evenly spaced.
func (h *Hub) Join(ctx context.Context, fps float64) *Viewer {
	return h.JoinScaled(ctx, fps, 0)
}

// JoinScaled is Join of a viewer who gets the smallest of a frame, its half, quarter
// or eighth, that is not narrower than width pixels; 0 means frames as they are. The
// first frame decides which it is until the viewer leaves.
//
// Frames that cannot be scaled come as they are. Where scaling takes longer than half
// the camera's interval, frames are left out.
func (h *Hub) JoinScaled(ctx context.Context, fps float64, width int) *Viewer {
	h.enter()
	v := &Viewer{hub: h, ctx: ctx, last: &Frame{}, pace: newPacer(fps, h.camera.Interval()), width: width}
	v.leave = sync.OnceFunc(func() {
		if v.size != nil {
			h.scaling.leave(v.size)
		}
		h.leave()
	})
	return v
}

// Leave takes the viewer out of its Hub. It may be called more than once.
func (v *Viewer) Leave() { v.leave() }

// Skipped returns how many frames this viewer missed because it was too slow.
// Frames that its rate leaves out are not among them.
func (v *Viewer) Skipped() uint64 { return v.skipped }

// ErrNoFrame is what [Viewer.NextWithin] returns when no frame came in time.
var ErrNoFrame = errors.New("no frame in time")

// Next waits for a frame this viewer has not had. The first one may be up to
// max(2 s, 3 intervals) old. The error is ctx's or [ErrGone]; it comes before
// any frame that is there at the same time. See [Frame.Release].
func (v *Viewer) Next() (*Frame, error) { return v.next(nil) }

// NextWithin is Next that gives up with [ErrNoFrame] after d.
func (v *Viewer) NextWithin(d time.Duration) (*Frame, error) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	return v.next(timer.C)
}

func (v *Viewer) next(tooLate <-chan time.Time) (*Frame, error) {
	for {
		if err := v.ended(); err != nil {
			return nil, err
		}
		f := v.hub.newest.Load()
		if v.isNew(f) {
			if !f.hold() {
				continue // a newer one has just taken its place
			}
			v.countSkips(f)
			v.last = f
			if v.pace.due(f.At) {
				if f, err := v.scaled(f, tooLate); f != nil || err != nil {
					return f, err
				}
				continue
			}
			f.Release()
		}
		select {
		case <-f.newer:
		case <-tooLate:
			return nil, ErrNoFrame
		case <-v.ctx.Done():
		case <-v.hub.gone:
		}
	}
}

// scaled returns f, which it takes over, or a newer frame in the viewer's size; nil
// when it is left out.
func (v *Viewer) scaled(f *Frame, tooLate <-chan time.Time) (*Frame, error) {
	if v.width == 0 {
		return f, nil
	}
	if v.size == nil {
		factor := jpegscale.Factor(f.Width, v.width)
		if factor == 1 || f.Width == 0 {
			v.width = 0
			return f, nil
		}
		v.size = v.hub.scaling.enter(factor)
	}
	small, err := v.hub.scaling.get(v.ctx, v.size, f, tooLate)
	v.passed = v.hub.newest.Load().Seq
	if small != nil && small.Seq > v.last.Seq {
		v.last = small
	}
	return small, err
}

func (v *Viewer) ended() error {
	select {
	case <-v.hub.gone:
		return ErrGone
	default:
		return v.ctx.Err()
	}
}

func (v *Viewer) isNew(f *Frame) bool {
	if f.empty() || f.Seq == v.last.Seq {
		return false
	}
	fresh := max(minFresh, 3*v.hub.camera.Interval())
	return !v.last.empty() || time.Since(f.At) < fresh
}

func (v *Viewer) countSkips(f *Frame) {
	// What passed while a frame was scaled counts there.
	had := max(v.last.Seq+1, v.passed)
	if v.last.empty() || f.Seq <= had {
		return
	}
	n := min(f.Seq-had, v.pace.missed(f.At))
	v.skipped += n
	v.hub.skipped.Add(n)
}
