package history

import (
	"slices"
	"time"
)

// maxGap is how long nothing may be said of a camera: the machine slept, or the app was
// not running, and nobody watched.
const maxGap = blip

// track is what happened to one camera. It is a pure reducer: states in, entries out.
type track struct {
	name string
	done []Entry // in order
	now  Entry   // what goes on; without phases nobody watches
	// next is what may follow, from when on, when left says since when now does not hold.
	next Entry
	left time.Time
	seen time.Time // when something was said last
}

func (e *Entry) class() class {
	if len(e.Phases) == 0 {
		return unwatched
	}
	return classOf(e.Phases[0].State)
}

// observe notes what the camera shows at a time.
func (t *track) observe(p Phase) {
	switch silence := p.From.Sub(t.seen); {
	case t.seen.IsZero():
	case silence > maxGap:
		t.stop()
	case silence < -maxGap: // the clock was set back, and what is later was never so
		t.stop()
		t.cut(p.From)
	case silence < 0:
		p.From = t.seen
	}
	t.seen = p.From
	c := classOf(p.State)
	if c == t.now.class() {
		t.left = time.Time{}
		t.now.note(p)
		return
	}
	if t.left.IsZero() {
		t.left, t.next = p.From, Entry{From: p.From}
		t.next.note(p)
	} else if c != t.next.class() {
		t.next = Entry{From: p.From}
		t.next.note(p)
	} else {
		t.next.note(p)
	}
	if p.From.Sub(t.left) >= blip {
		t.finish(t.next.From)
		t.now, t.next, t.left = t.next, Entry{}, time.Time{}
	}
}

// note takes in a phase, unless nobody watches.
func (e *Entry) note(p Phase) {
	if classOf(p.State) != unwatched {
		e.add(p)
	}
}

// stop ends what goes on: from when on it was not seen, nobody knows.
func (t *track) stop() {
	t.finish(t.seen)
	t.now, t.next, t.left = Entry{}, Entry{}, time.Time{}
}

// finish adds what went on until a time to what is done.
func (t *track) finish(at time.Time) {
	if e, ok := t.ended(at); ok {
		t.done = join(t.done, e)
	}
}

// ended is what goes on as if it ended at a time; false when that is nothing to remember.
func (t *track) ended(at time.Time) (Entry, bool) {
	e := t.now
	e.Phases = slices.Clone(e.Phases)
	if e.class() == unwatched || at.Sub(e.From) < blip {
		return Entry{}, false
	}
	e.end(at)
	return e, true
}

// join adds an entry. It is one with the last one if they are of a kind and nothing that
// lasted is between them.
func join(done []Entry, e Entry) []Entry {
	last := len(done) - 1
	if last < 0 || done[last].class() != e.class() || e.From.Sub(done[last].To) >= blip {
		return append(done, e)
	}
	before := done[last]
	before.Phases = slices.Clone(before.Phases)
	for _, p := range e.Phases {
		before.add(p)
	}
	before.end(e.To)
	done[last] = before
	return done
}

// cut leaves out what is after a time.
func (t *track) cut(at time.Time) {
	t.done = slices.DeleteFunc(t.done, func(e Entry) bool { return at.Sub(e.From) < blip })
	for i := range t.done {
		if t.done[i].To.After(at) {
			t.done[i].end(at)
		}
	}
}

// entries are all, with what goes on as if it ended now.
func (t *track) entries() []Entry {
	list := slices.Clone(t.done)
	if e, ok := t.ended(t.seen); ok {
		list = join(list, e)
		list[len(list)-1].Going = true
	}
	return list
}
