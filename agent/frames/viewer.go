package frames

import (
	"context"
	"errors"
	"sync"
	"time"
)

// minFresh is the age up to which a frame is shown to a new viewer at once.
const minFresh = 2 * time.Second

// ErrGone is what viewers get when their camera was taken out of the Set.
var ErrGone = errors.New("the camera is gone")

// Viewer is one reader of a Hub. It is not safe for concurrent use.
type Viewer struct {
	hub     *Hub
	ctx     context.Context //nolint:containedctx // a Viewer lives exactly as long as its request
	last    *Frame
	leave   func()
	skipped uint64
	pace    pacer
}

// Join adds a viewer until ctx ends or Leave is called. With a positive fps it
// gets at most that many frames per second, evenly spaced.
func (h *Hub) Join(ctx context.Context, fps float64) *Viewer {
	h.mu.Lock()
	h.viewers++
	if h.viewers == 1 {
		close(h.occupied)
		h.vacant = make(chan struct{})
	}
	h.mu.Unlock()
	v := &Viewer{hub: h, ctx: ctx, leave: sync.OnceFunc(h.left), last: &Frame{}}
	if fps > 0 {
		v.pace.period = time.Duration(float64(time.Second) / fps)
		v.pace.slack = h.camera.Interval() / 2
	}
	return v
}

func (h *Hub) left() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.viewers--
	if h.viewers == 0 {
		close(h.vacant)
		h.occupied = make(chan struct{})
	}
}

// Leave takes the viewer out of its Hub. It may be called more than once.
func (v *Viewer) Leave() { v.leave() }

// Skipped returns how many frames this viewer missed because it was too slow.
func (v *Viewer) Skipped() uint64 { return v.skipped }

// Next waits for a frame this viewer has not had. The first one may be up to
// max(2 s, 3 intervals) old. The error is ctx's or [ErrGone].
func (v *Viewer) Next() (*Frame, error) {
	for {
		f := v.hub.newest.Load()
		if v.isNew(f) {
			v.countSkips(f)
			v.last = f
			if v.pace.due(f.At) {
				return f, nil
			}
		}
		select {
		case <-f.newer:
		case <-v.ctx.Done():
			return nil, v.ctx.Err()
		case <-v.hub.closed:
			return nil, ErrGone
		}
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
	if v.last.empty() || f.Seq <= v.last.Seq+1 {
		return
	}
	n := f.Seq - v.last.Seq - 1
	v.skipped += n
	v.hub.skipped.Add(n)
}

// pacer thins frames out to one per period.
type pacer struct {
	period time.Duration // 0: every frame
	slack  time.Duration // half the camera's interval: the frame nearest to the due time counts
	next   time.Time
}

// due reports whether the frame taken at t is to be shown. The due times form
// an even grid, so rounding never adds up; after a gap the grid starts anew.
func (p *pacer) due(t time.Time) bool {
	if p.period == 0 {
		return true
	}
	if t.Before(p.next.Add(-p.slack)) {
		return false
	}
	p.next = p.next.Add(p.period)
	if t.Sub(p.next) > -p.slack {
		p.next = t.Add(p.period)
	}
	return true
}
