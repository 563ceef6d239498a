package frames

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/jpegscale"
	"pigrid/shared/mjpeg"
)

// mostDamaged is how many damaged frames in a row are left out of a smaller size
// before the full ones are shown: every picture of this camera may be so.
const mostDamaged = 8

// scaling makes smaller sizes of a Hub's frames: each once, whoever looks, in the
// goroutine of the viewer who wants it first. Only one is made at a time, and a camera
// takes half of a core's time for it at most.
type scaling struct {
	hub   *Hub
	scale func(dst, src []byte, factor int) ([]byte, error) // nil while nobody asks for a smaller size

	mu    sync.Mutex
	sizes map[int]*size // by factor: those that somebody looks at
	busy  chan struct{} // closed when what is made now is there; nil while nothing is
	made  []byte        // memory of who is busy

	// Of the frame that was scaled last: when that began, and how long all sizes took.
	seq   uint64
	began time.Time
	spent time.Duration
}

// size is one of the smaller sizes. The lock of its scaling is its own, too.
type size struct {
	factor  int
	viewers int
	memory  memory

	seq     uint64 // of the frame that was tried last
	newest  *Frame // what came of it; nil when it was damaged
	full    bool   // it cannot be scaled: it is shown as it is
	damaged int    // frames in a row

	late     bool // somebody had to wait because the camera's time was used up
	frames   uint64
	skipped  uint64
	lastMade uint64 // Seq
}

// enter counts a viewer of a size.
func (s *scaling) enter(factor int) *size {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.scale == nil {
		s.scale = new(jpegscale.Scaler).Scale
	}
	if s.sizes == nil {
		s.sizes = map[int]*size{}
	}
	if s.sizes[factor] == nil {
		s.sizes[factor] = &size{factor: factor}
	}
	s.sizes[factor].viewers++
	return s.sizes[factor]
}

// leave undoes enter. A size without viewers takes no memory.
func (s *scaling) leave(z *size) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if z.viewers--; z.viewers > 0 {
		return
	}
	delete(s.sizes, z.factor)
	if z.newest != nil {
		z.newest.Release()
	}
	if len(s.sizes) == 0 {
		s.scale, s.made = nil, nil
	}
}

// get returns f, or a newer frame, in a smaller size; f itself where it cannot be
// scaled; nil where this one is left out. It takes f over. The error is ctx's,
// [ErrGone] or [ErrNoFrame].
func (s *scaling) get(ctx context.Context, z *size, f *Frame, tooLate <-chan time.Time) (*Frame, error) {
	for {
		small, done, wait, rest := s.look(z, f)
		if done {
			if small != f {
				f.Release()
			}
			return small, nil
		}
		if wait == nil && rest == 0 {
			return s.make(z, f), nil
		}
		if err := s.wait(ctx, wait, rest, tooLate); err != nil {
			f.Release()
			return nil, err
		}
		newer := s.hub.newest.Load()
		if newer.empty() { // the camera was switched off meanwhile
			f.Release()
			return nil, nil
		}
		if newer.Seq > f.Seq && newer.hold() {
			f.Release()
			f = newer
		}
	}
}

// look says what there is of f: something that is done, or something to wait for, or
// neither. Then it is the caller's to make, and nobody else's.
func (s *scaling) look(z *size, f *Frame) (small *Frame, done bool, wait <-chan struct{}, rest time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case z.seq >= f.Seq && z.full:
		return f, true, nil, 0
	case z.seq >= f.Seq:
		if z.newest != nil {
			z.newest.hold()
		}
		return z.newest, true, nil, 0
	case s.busy != nil:
		return nil, false, s.busy, 0
	}
	if rest = s.rest(f); rest > 0 {
		z.late = true
		return nil, false, nil, rest
	}
	s.busy = make(chan struct{})
	return nil, false, nil, 0
}

// rest returns how long the next frame has to wait where scaling one takes longer
// than half the camera's interval. It needs mu.
func (s *scaling) rest(f *Frame) time.Duration {
	if f.Seq == s.seq || s.spent <= s.hub.camera.Interval()/2 {
		return 0
	}
	return max(0, time.Until(s.began.Add(2*s.spent)))
}

func (s *scaling) wait(ctx context.Context, busy <-chan struct{}, rest time.Duration, tooLate <-chan time.Time) error {
	var rested <-chan time.Time
	if busy == nil {
		timer := time.NewTimer(rest)
		defer timer.Stop()
		rested = timer.C
	}
	select {
	case <-busy:
	case <-rested:
	case <-tooLate:
		return ErrNoFrame
	case <-ctx.Done():
		return ctx.Err()
	case <-s.hub.gone:
		return ErrGone
	}
	return nil
}

// make scales f, which it takes over, while s is busy.
func (s *scaling) make(z *size, f *Frame) *Frame {
	var small *Frame
	began := time.Now()
	err := errors.New("it panicked")
	defer func() { s.finish(z, f, small, began, err) }()
	if s.made, err = s.scale(s.made[:0], f.JPEG, z.factor); err == nil {
		small = z.frame(s.made, f)
	}
	if z.shows(err) {
		return f
	}
	f.Release()
	return small
}

// shows reports whether a frame that came to nothing is shown as it is.
func (z *size) shows(err error) bool {
	return errors.Is(err, jpegscale.ErrCannot) || errors.Is(err, jpegscale.ErrDamaged) && z.damaged+1 >= mostDamaged
}

// frame returns a smaller frame of f for its size, and for who wanted it.
func (z *size) frame(jpeg []byte, f *Frame) *Frame {
	room := z.memory.take(mjpeg.PartSize(len(jpeg)))
	small := &Frame{
		Seq: f.Seq, At: f.At, Since: f.Since,
		Width: jpegscale.Scaled(f.Width, z.factor), Height: jpegscale.Scaled(f.Height, z.factor),
		reuse: func() { z.memory.give(room) },
	}
	small.Part = mjpeg.ScaledPartIn(room, jpeg, f.At, small.Width, small.Height)
	small.holders.Store(2)
	return small
}

// finish notes what came of a frame, and lets the others go on.
func (s *scaling) finish(z *size, f, small *Frame, began time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seq != f.Seq {
		s.seq, s.began, s.spent = f.Seq, began, 0
	}
	s.spent += time.Since(began)
	if z.late && z.lastMade > 0 && f.Seq > z.lastMade+1 {
		z.skipped += f.Seq - z.lastMade - 1
	}
	z.late, z.lastMade = false, f.Seq
	if z.newest != nil {
		z.newest.Release()
	}
	z.seq, z.newest, z.full = f.Seq, small, z.shows(err)
	if z.damaged++; err == nil {
		z.damaged = 0
		z.frames++
	}
	close(s.busy)
	s.busy = nil
}

// status describes the sizes that are looked at, the largest first.
func (s *scaling) status(width, height int) []api.Scaled {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []api.Scaled
	for _, factor := range slices.Sorted(maps.Keys(s.sizes)) {
		z := s.sizes[factor]
		all = append(all, api.Scaled{
			Width: jpegscale.Scaled(width, factor), Height: jpegscale.Scaled(height, factor),
			Viewers: z.viewers, Frames: z.frames, Skipped: z.skipped,
		})
	}
	return all
}

// Scaled returns f in the smallest size that is not narrower than width pixels:
// its own, or a half, a quarter or an eighth. It takes f over, and may return a newer
// frame. Where f cannot be scaled, or ctx ends before, it returns f.
func (h *Hub) Scaled(ctx context.Context, f *Frame, width int) *Frame {
	factor := jpegscale.Factor(f.Width, width)
	if factor == 1 || !f.hold() {
		return f
	}
	z := h.scaling.enter(factor)
	defer h.scaling.leave(z)
	small, err := h.scaling.get(ctx, z, f, nil)
	if small == nil || err != nil {
		return f
	}
	f.Release()
	return small
}
