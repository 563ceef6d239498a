package notify

import (
	"sync"
	"time"

	"pigrid/desktop/cameras"
)

const (
	// lasting is how long a camera must have gone, or be back, before it is said: history
	// leaves out what is shorter, too.
	lasting = 15 * time.Second
	// quietFor is how long nothing is said after the machine slept or came to another
	// network. What has changed by then, and is still so, is said after it.
	quietFor = 5 * time.Minute
	// again is how long nothing more is said of a camera that went.
	again = 5 * time.Minute
	// together is how long others are waited for that go or come back at the same time.
	together = 5 * time.Second
)

// Sample is what a camera shows now.
type Sample struct {
	Key     string
	Name    string
	State   cameras.State // Paused when nobody knows
	Reason  cameras.Reason
	Message string // the agent's own words
}

// Policy decides when what is said. It is safe for concurrent use.
type Policy struct {
	mu         sync.Mutex
	watched    map[string]*watched
	quietUntil time.Time
	waiting    []Event
	due        time.Time // when what waits is said, zero for nothing
}

// watched is what is known of a camera.
type watched struct {
	shows presence
	since time.Time // since when it shows that
	seen  time.Time
	last  Sample // the last one that says why

	there    bool      // it was there for long, and nothing was said since
	goneAt   time.Time // what was said: zero when it did not go
	saidGone time.Time // when that was said last
}

// presence is whether pictures come.
type presence int

const (
	unknown presence = iota
	here
	gone
)

func presenceOf(s cameras.State) presence {
	switch s {
	case cameras.Paused, "":
		return unknown
	case cameras.Live, cameras.Slow, cameras.Answers:
		return here
	default:
		return gone
	}
}

// Event is what is to be said of a camera.
type Event struct {
	Sample
	Back  bool
	Since time.Time // since when there are no pictures
	Until time.Time // of one that is back
}

// Quiet notes that the machine slept or came to another network.
func (p *Policy) Quiet(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quietUntil = now.Add(quietFor)
}

// Observe notes what the cameras show of which a person wants to know, and returns what is
// to be said now. It is meant to be called every second. A camera that was never there is
// not missed, and one that is left out is forgotten.
func (p *Policy) Observe(now time.Time, samples []Sample) []Notice {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quietUntil = notLater(p.quietUntil, now.Add(quietFor))
	p.due = notLater(p.due, now.Add(together))
	before := p.watched
	p.watched = make(map[string]*watched, len(samples))
	for _, s := range samples {
		w := before[s.Key]
		if w == nil {
			w = &watched{}
		}
		p.watched[s.Key] = w
		w.observe(now, s)
		if now.Before(p.quietUntil) {
			continue
		}
		if e, ok := w.settle(now); ok {
			p.waiting = append(p.waiting, e)
		}
	}
	return p.say(now)
}

// notLater is the earlier of two times: the clock may have been set back since the first.
func notLater(t, most time.Time) time.Time {
	if t.After(most) {
		return most
	}
	return t
}

// say returns what waited long enough for others.
func (p *Policy) say(now time.Time) []Notice {
	switch {
	case len(p.waiting) == 0:
		return nil
	case p.due.IsZero():
		p.due = now.Add(together)
	}
	if now.Before(p.due) || now.Before(p.quietUntil) {
		return nil
	}
	list := noticesOf(p.waiting)
	p.waiting, p.due = nil, time.Time{}
	return list
}

// observe notes what the camera shows. A long silence, or a clock that was set back, is a
// time of which nobody knows anything.
func (w *watched) observe(now time.Time, s Sample) {
	shows := presenceOf(s.State)
	silence := now.Sub(w.seen)
	if shows != w.shows || silence < 0 || silence > lasting {
		w.shows, w.since = shows, now
	}
	w.saidGone = notLater(w.saidGone, now)
	if shows == gone && (s.State != cameras.Connecting || presenceOf(w.last.State) != gone) || shows == here {
		w.last = s
	}
	w.last.Key, w.last.Name, w.seen = s.Key, s.Name, now
}

// settle takes what has lasted for the truth; ok says that a person is to know.
func (w *watched) settle(now time.Time) (e Event, ok bool) {
	if now.Sub(w.since) < lasting {
		return Event{}, false
	}
	switch {
	case w.shows == gone && w.there:
		if !w.saidGone.IsZero() && now.Sub(w.saidGone) < again {
			return Event{}, false
		}
		w.there, w.goneAt, w.saidGone = false, w.since, now
		return Event{Sample: w.last, Since: w.since}, true
	case w.shows == here && !w.there:
		e := Event{Sample: w.last, Back: true, Since: w.goneAt, Until: w.since}
		ok := !w.goneAt.IsZero()
		w.there, w.goneAt = true, time.Time{}
		return e, ok
	}
	return Event{}, false
}
