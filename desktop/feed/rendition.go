package feed

import (
	"net/url"
	"strconv"
	"time"
)

// Rendition is how the pictures of a camera are wanted, from the page's wish to the
// agent's query.
type Rendition struct {
	FPS float64 // frames per second at most, 0 for all that there are
	// Width is how many pixels across the picture are worth something, 0 for all that
	// there are: of the camera's own picture, before it is turned.
	Width int
}

// grid is how a small tile is wanted while no page says more: enough to see what moves,
// and sixteen of them do not fill a Wi-Fi.
func grid() Rendition { return Rendition{FPS: 10, Width: 320} }

// MinFPS and MaxFPS are the rates that an agent takes, MaxWidth the largest width.
const (
	MinFPS   = 0.1
	MaxFPS   = 120
	MaxWidth = maxSide
)

// covers reports whether r has every frame that o has, as large.
func (r Rendition) covers(o Rendition) bool {
	return r.asOften(o) && (r.Width == 0 || o.Width > 0 && r.Width >= o.Width)
}

// asOften reports whether r has every frame that o has.
func (r Rendition) asOften(o Rendition) bool {
	return r.FPS == 0 || o.FPS > 0 && r.FPS >= o.FPS
}

// with returns what covers both.
func (r Rendition) with(o Rendition) Rendition {
	if !r.asOften(o) {
		r.FPS = o.FPS
	}
	if o.Width == 0 || r.Width > 0 && r.Width < o.Width {
		r.Width = o.Width
	}
	return r
}

// interval is the time between two frames, 0 when all are wanted.
func (r Rendition) interval() time.Duration {
	if r.FPS == 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / r.FPS)
}

// of adds what is wanted to the path of an agent's stream: ?fps=10&width=320.
func (r Rendition) of(path string) string {
	u, err := url.Parse(path)
	if r == (Rendition{}) || err != nil {
		return path
	}
	q := u.Query()
	if r.FPS > 0 {
		q.Set("fps", strconv.FormatFloat(r.FPS, 'f', -1, 64))
	}
	if r.Width > 0 {
		q.Set("width", strconv.Itoa(r.Width))
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// wish is what a page wants. A rich one lasts as long as the camera counts as wanted,
// so that a short look elsewhere does not open a connection.
type wish struct {
	last   Rendition
	rich   Rendition // that covers the last one
	richAt time.Time // last time it was wished for
}

// note notes what is wanted now.
func (w *wish) note(r Rendition, now time.Time) {
	w.last = r
	if r.covers(w.rich) || !w.lasts(now) {
		w.rich, w.richAt = r, now
		return
	}
	w.rich = w.rich.with(r)
}

// at is what is wanted at a time.
func (w *wish) at(now time.Time) Rendition {
	if w.lasts(now) {
		return w.rich
	}
	return w.last
}

func (w *wish) lasts(now time.Time) bool { return now.Sub(w.richAt) < unwantedAfter }

// ends is when the rich one does, zero when it is the last one or has ended.
func (w *wish) ends(now time.Time) time.Time {
	if !w.lasts(now) || w.rich == w.last {
		return time.Time{}
	}
	return w.richAt.Add(unwantedAfter)
}
