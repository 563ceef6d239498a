package feed

import (
	"bytes"
	"errors"
	"runtime"
	"time"

	"pigrid/shared/jpegscale"
)

// Spare says whether there is processor time to spare for making pictures smaller, and
// runs what does it, to know how much that took.
type Spare interface {
	Spare() bool
	Spend(do func())
}

const (
	// maxScalers is how many pictures are made smaller at a time, at most.
	maxScalers = 4
	// keptBytes is up to what size of a picture the memory for it is kept.
	keptBytes = 4 << 20
	// mostDamaged is how many damaged pictures in a row are left out where there is no
	// room for them as they are, before the camera counts as one that cannot be scaled.
	mostDamaged = 8
)

// scalers make pictures smaller. They take half of the processors at most.
type scalers struct {
	spare Spare // nil: there is none
	idle  chan *scaler
}

type scaler struct {
	jpegscale.Scaler
	made []byte
}

func newScalers(spare Spare) *scalers {
	n := max(1, min(maxScalers, runtime.GOMAXPROCS(0)/2))
	s := &scalers{spare: spare, idle: make(chan *scaler, n)}
	for range n {
		s.idle <- new(scaler)
	}
	return s
}

// scale returns a JPEG divided by a factor.
func (s *scalers) scale(jpeg []byte, factor int) (small []byte, err error) {
	z := <-s.idle
	defer func() { s.idle <- z }()
	do := func() {
		if z.made, err = z.Scale(z.made[:0], jpeg, factor); err == nil {
			small = bytes.Clone(z.made)
		}
	}
	if s.spare != nil {
		s.spare.Spend(do)
	} else {
		do()
	}
	if len(jpeg) > keptBytes {
		z = new(scaler)
	}
	return small, err
}

// arrival is a frame as it came.
type arrival struct {
	Frame // without Seq
	size  size
	whole size // as the camera gives it
	scans int
	n     uint64 // of those that were due, from 1
}

// scaleCost is how many times dearer it is to show a pixel than to scale it.
const scaleCost = 4

// weight is what it takes the page to show it divided by a factor, and the app to do that.
func (p arrival) weight(factor int) int64 {
	size, pixels := int64(len(p.JPEG)), p.size.pixels()
	if factor == 1 {
		return weight(size, pixels, p.scans)
	}
	return weight(size/int64(factor*factor), p.size.by(factor).pixels(), 1) + pixels/scaleCost
}

// shrink makes the pictures of a camera smaller that come larger than they are worth:
// beside their arrival, and only the newest one.
type shrink struct {
	newest  arrival // that was due; without JPEG for none
	shown   uint64  // n of the one that is shown,
	factor  int     // and by what it is divided
	done    uint64  // n of the one that was begun last,
	by      int     // and by what it was to be divided
	dropped uint64  // n of the last one that must not be shown any more
	busy    bool    // there is a goroutine
	working int64   // bytes of the picture that it is at
	damaged int     // pictures in a row
	ended   bool
}

// divide says by what a picture is to be divided: so that it is not narrower than its
// tile, if there is time to spare for that, and so that there is room for it.
func (s *current) divide(p arrival, now time.Time) int {
	most, fixed := s.claim.room()
	if fixed || p.scans > 1 {
		return 1
	}
	factor := 1
	if spare := s.group.scalers.spare; spare != nil && spare.Spare() {
		if width := s.wish.at(now).Width; width > 0 {
			factor = jpegscale.Factor(p.size.width, width)
		}
	}
	return max(factor, p.size.within(most))
}

// show makes a picture the newest one, at once or when it is smaller. It reports
// whether it is by now. It needs the lock, as the next two.
func (f *Feed) show(p arrival, now time.Time) bool {
	p.n = f.shrink.newest.n + 1
	f.shrink.newest = p
	if f.divide(p, now) == 1 {
		f.publish(p, p.JPEG, 1)
		return true
	}
	f.work()
	return false
}

// publish makes a picture, divided by a factor, the one that is shown.
func (f *Feed) publish(p arrival, jpeg []byte, factor int) {
	f.frame = Frame{Seq: f.frame.Seq + 1, JPEG: jpeg, At: p.At, Placeholder: p.Placeholder}
	f.shrink.shown, f.shrink.factor = p.n, factor
	if p.n > f.shrink.done {
		f.shrink.done, f.shrink.by = p.n, factor
	}
	f.sizes.pixels = p.size.by(factor).pixels()
}

// work sees to it that somebody makes the newest picture smaller.
func (f *Feed) work() {
	if !f.shrink.busy && !f.shrink.ended {
		f.shrink.busy = true
		f.shrinking.Go(f.shrinkNewest)
	}
}

// reconsider shows the newest picture again if it is shown too small by now, or there is
// no room for it any more.
func (f *Feed) reconsider() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.regrow(time.Now())
	if most, _ := f.claim.room(); most > 0 && f.sizes.pixels > most && len(f.shrink.newest.JPEG) > 0 {
		f.work()
	}
	f.wake() // its agent may make it smaller
}

// regrow shows the newest picture again if it is shown too small by now. It needs the
// lock.
func (f *Feed) regrow(now time.Time) {
	if s := &f.shrink; s.factor > 1 && len(s.newest.JPEG) > 0 && f.divide(s.newest, now) < s.factor {
		f.work()
	}
}

// shrinkNewest makes pictures smaller until the newest one is shown.
func (f *Feed) shrinkNewest() {
	for {
		p, factor, more := f.job()
		if !more {
			return
		}
		small, err := p.JPEG, error(nil)
		if factor > 1 {
			small, err = f.group.scalers.scale(p.JPEG, factor)
		}
		f.shrunk(p, small, factor, err)
	}
}

// job is the next picture to do, and by what it is to be divided.
func (f *Feed) job() (p arrival, factor int, more bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &f.shrink
	p = s.newest
	factor = f.divide(p, time.Now())
	if s.ended || len(p.JPEG) == 0 || p.n == s.done && factor == s.by {
		s.busy, s.working = false, 0
		return p, factor, false
	}
	s.done, s.by, s.working = p.n, factor, int64(len(p.JPEG))
	return p, factor, true
}

// shrunk shows what became of a picture, unless there is something newer.
func (f *Feed) shrunk(p arrival, small []byte, factor int, err error) {
	f.mu.Lock()
	s := &f.shrink
	s.working = 0
	if s.damaged++; err == nil {
		s.damaged = 0
	}
	if errors.Is(err, jpegscale.ErrCannot) || s.damaged >= mostDamaged {
		f.claim.fix()
	}
	if err != nil {
		small, factor = p.JPEG, 1
	}
	most, fixed := f.claim.room()
	tooLarge := err != nil && !fixed && most > 0 && p.size.pixels() > most // a damaged one
	if s.ended || p.n <= s.dropped || p.n < s.shown || tooLarge {
		f.mu.Unlock()
		return
	}
	held := int64(len(small))
	if factor > 1 {
		held += int64(len(s.newest.JPEG))
	}
	f.publish(p, small, factor)
	came := Frame{Seq: f.frame.Seq, JPEG: p.JPEG, At: p.At, Placeholder: p.Placeholder}
	f.mu.Unlock()
	if f.claim.keep(p.takes(held, 0, factor)) == nil {
		f.cfg.Arrived(came)
	}
}

// takes is what a picture takes that is divided by a factor.
func (p arrival) takes(bytes, read int64, factor int) share {
	return share{bytes: bytes, read: read, size: p.size.by(factor), whole: p.whole, weight: p.weight(factor), fixed: p.scans > 1}
}

// endShrinking waits for who is at it.
func (f *Feed) endShrinking() {
	f.mu.Lock()
	f.shrink.ended = true
	f.mu.Unlock()
	f.shrinking.Wait()
}
