package feed

import "time"

// asked is what the camera is to be asked for. One without an agent
// gives what it gives, and of one that gives no more all frames are worth it.
func (s *current) asked(now time.Time) Rendition {
	if s.target.Foreign {
		return Rendition{}
	}
	r := s.wish.at(now)
	if s.target.Rate > 0 && s.target.Rate <= r.FPS {
		r.FPS = 0
	}
	if s.relief.whole(now) {
		r.Width = 0
	}
	if most, _ := s.claim.room(); most > 0 {
		if room := s.sizes.full.by(s.sizes.full.within(most)).width; r.Width == 0 || r.Width > room {
			r.Width = room
		}
	}
	r.Width = s.sizes.rung(r.Width, s.rendition.Width, !s.began)
	return r
}

// differ reports whether another connection would bring other frames.
func (s *current) differ(a, b Rendition) bool {
	return a.FPS != b.FPS || a.Width != b.Width && !s.sizes.unscaled
}

// heldFor is how long a frame that was not due is held beyond the time when it is.
const heldFor = 100 * time.Millisecond

// isDue reports whether a frame of this weight that arrives now is worth showing.
// A stream that comes at one rate is thinned out here, to the rate
// that others are asked for, and so is one with pictures far heavier than others.
func (s *current) isDue(now time.Time, weight int64) bool {
	interval := s.claim.pace(weight)
	if s.target.Foreign {
		interval = max(interval, s.wish.at(now).interval())
	}
	if interval == 0 {
		return true
	}
	if now.Before(s.due) {
		return false
	}
	// A frame that comes a little late does not delay all that follow.
	if s.due = s.due.Add(interval); s.due.Before(now) {
		s.due = now.Add(interval)
	}
	s.spacing = interval
	return true
}

// hold keeps a frame that was not due: no other may follow for long. It reports
// whether there was none before.
func (s *current) hold(p arrival) (first bool) {
	first = s.held.JPEG == nil
	s.held = p
	return first
}

// releaseAt is when the frame that is held is shown if none follows, zero when
// there is none.
func (s *current) releaseAt() time.Time {
	if s.held.JPEG == nil {
		return time.Time{}
	}
	return s.due.Add(heldFor)
}

// release shows the frame that is held when it is time.
func (f *Feed) release() {
	f.mu.Lock()
	at, now := f.releaseAt(), time.Now()
	due := !at.IsZero() && !now.Before(at)
	if due {
		f.due = now.Add(f.spacing)
		p := f.held
		f.held = arrival{}
		due = f.show(p, now)
	}
	newest := f.frame
	f.mu.Unlock()
	if due {
		f.cfg.Arrived(newest)
	}
}

// smaller returns the lower of two rates of which 0 means unknown or unlimited.
func smaller(a, b float64) float64 {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

const (
	// slice is how finely throughput is measured,
	slice = 500 * time.Millisecond
	// sliceCount says over how many slices.
	sliceCount = 6
)

// throughput measures bytes per second over the last seconds.
type throughput struct {
	begin time.Time // of the first slice
	last  int       // the slice that is filled now
	bytes [sliceCount + 1]int64
}

// add counts n bytes that arrived now.
func (t *throughput) add(n int, now time.Time) {
	if t.begin.IsZero() {
		t.begin = now
	}
	t.turn(now)
	t.bytes[t.last%len(t.bytes)] += int64(n)
}

// turn empties the slices that began since the last call.
func (t *throughput) turn(now time.Time) {
	current := int(now.Sub(t.begin) / slice)
	for i := 0; t.last < current; i++ {
		if i == len(t.bytes) {
			t.last = current
			return
		}
		t.last++
		t.bytes[t.last%len(t.bytes)] = 0
	}
}

// rate is the bytes per second of the whole slices, 0 before there is one.
func (t *throughput) rate(now time.Time) float64 {
	if t.begin.IsZero() {
		return 0
	}
	t.turn(now)
	whole := min(t.last, sliceCount)
	if whole == 0 {
		return 0
	}
	sum := -t.bytes[t.last%len(t.bytes)]
	for _, n := range t.bytes {
		sum += n
	}
	return float64(sum) / (float64(whole) * slice.Seconds())
}
