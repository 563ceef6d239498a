package feed

import (
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/mjpeg"
)

const (
	// mostFrames is how many frames a second are read of one stream. The fastest
	// camera of a Pi gives 206.
	mostFrames = 300
	// mostBetween is how many bytes a second between its pictures: they cost more
	// than those of pictures.
	mostBetween = 4 << 20
)

// throttle keeps the reading of a stream to a rate; what comes sooner waits in the
// network.
type throttle struct {
	next time.Time // when it is time for the next frame, up to a second ago
}

// wait returns when the frame after this one may be read.
func (t *throttle) wait(frame mjpeg.Frame) {
	now := time.Now()
	if ago := now.Add(-time.Second); t.next.Before(ago) {
		t.next = ago
	}
	t.next = t.next.Add(time.Second/mostFrames + time.Duration(frame.Between)*time.Second/mostBetween)
	time.Sleep(t.next.Sub(now))
}

// pump reads frames until the stream ends.
func (f *Feed) pump(l *link) error {
	defer f.notePolled(l)
	var pace throttle
	if l.first != nil {
		if failure := f.arrive(l, *l.first); failure != nil {
			return failure
		}
		l.first = nil
	}
	for {
		frame, err := l.reader.Next()
		if err != nil {
			return err
		}
		if failure := f.arrive(l, frame); failure != nil {
			return failure
		}
		pace.wait(frame)
	}
}

// arrive makes a frame the newest one, or says why it is too much. A placeholder
// is a picture to show but no proof that the camera lives.
func (f *Feed) arrive(l *link, frame mjpeg.Frame) *cameras.Failure {
	width, height, failure := measure(frame)
	if failure != nil {
		return failure
	}
	now := time.Now()
	p := arrival{Frame: Frame{JPEG: frame.JPEG, At: now, Placeholder: frame.Placeholder}, size: size{width, height}, scans: frame.Scans}
	bytes := int64(len(frame.JPEG))
	f.mu.Lock()
	fits := f.sizes.see(frame, p.size, l.rendition.Width)
	p.whole = f.sizes.full
	factor := f.divide(p, now)
	due, wake := f.isDue(now, p.weight(factor)), false
	holds := !due && bytes < manyBytes // a larger one is worth no memory of its own
	if holds || factor > 1 {
		bytes += int64(len(f.frame.JPEG)) + f.shrink.working // it is kept beside the newest
	}
	f.mu.Unlock()
	if read := l.read.taken(); due || holds {
		failure = f.claim.keep(p.takes(bytes, read, factor))
	} else {
		failure = f.claim.read(-read)
	}
	if failure != nil {
		return failure
	}
	f.mu.Lock()
	shown := false
	if due {
		f.held = arrival{}
		shown = f.show(p, now)
	} else if holds {
		wake = f.hold(p)
	}
	newest := f.frame
	f.lastPart, f.stamp = now, frame.Header.Get(mjpeg.TimestampHeader)
	doubt := frame.Placeholder && !f.placeholder || !fits
	f.placeholder = frame.Placeholder
	if !frame.Placeholder {
		f.note(now)
		f.noteClock(now)
	}
	first := f.facts.Frames == 1 && !frame.Placeholder
	f.mu.Unlock()
	if first {
		f.succeeded()
		f.learn(l)
	}
	if doubt {
		f.cfg.Doubted()
	}
	if wake {
		f.wake()
	}
	if shown {
		f.cfg.Arrived(newest)
	}
	return nil
}

// learn notes how a camera that gave a picture asked for its password.
func (f *Feed) learn(l *link) {
	f.mu.Lock()
	asks := l.asked()
	news := f.target.Credentials == l.target.Credentials && f.target.Asks != asks
	if news {
		f.target.Asks = asks
	}
	f.mu.Unlock()
	if news && f.cfg.Learned != nil {
		f.cfg.Learned(asks)
	}
}

// asked is how the camera asked for a password, as far as it has one to be told.
func (l *link) asked() cameras.Challenge {
	if l.target.Asks.Known() || !l.target.Credentials.HasPassword() {
		return l.target.Asks
	}
	return l.auth.Challenge()
}

// noteClock notes when a real frame was taken. What a foreign camera says of that may be
// anything.
func (s *current) noteClock(now time.Time) {
	taken, ok := mjpeg.Timestamp(s.stamp)
	if !ok || s.target.Foreign {
		s.facts.Taken, s.clock = time.Time{}, agentClock{}
	} else {
		s.facts.Taken = taken
		s.clock.see(taken, now)
	}
	s.facts.ClockAhead = s.clock.ahead()
}

// note takes a real frame into the numbers.
func (s *current) note(now time.Time) {
	s.meter.add(now)
	s.facts.LastFrame = now
	if s.facts.Frames++; s.facts.Frames == 1 {
		s.facts.FirstFrame = now
	}
	if s.target.Foreign {
		s.pace.add(now)
		s.facts.Pause = s.pace.pause()
	}
	interval := s.meter.interval()
	if interval > 0 {
		s.facts.Interval = interval
	}
	due := smaller(s.target.Rate, s.rendition.FPS)
	slow := s.target.Rate > 0 && interval > 0 && rate(interval, 0) < due/2
	switch {
	case !slow:
		s.facts.SlowSince = time.Time{}
	case s.facts.SlowSince.IsZero():
		s.facts.SlowSince = now
	}
}
