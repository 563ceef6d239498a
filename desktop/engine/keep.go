package engine

import (
	"slices"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
	"pigrid/desktop/keep"
	"pigrid/desktop/recent"
	"pigrid/shared/mjpeg"
)

const (
	// tidyEvery is how often the pictures of cameras that nobody looks at are dropped.
	tidyEvery = time.Second
	// nextPicture is how long a snapshot waits for pictures from after its instant: they
	// may be nearer to it than those from before.
	nextPicture = 200 * time.Millisecond
	// wholePicture is how long it waits for cameras whose pictures came as small as their
	// tiles: their agents are asked for whole ones.
	wholePicture = 1500 * time.Millisecond
)

// Kept says what was saved.
type Kept struct {
	keep.Result
	Length time.Duration // of a clip
	Until  time.Time     // of the last picture
	Missed int           // cameras of which there was no picture
}

// arrived keeps a picture that somebody sees.
func (e *Engine) arrived(key string, frame feed.Frame) {
	if !frame.Placeholder {
		e.recent.Add(key, recent.Picture{JPEG: frame.JPEG, At: frame.At})
	}
}

// isShown reports whether a page shows a picture of a camera.
func isShown(s cameras.Stream) bool { return s.Looked || s.Held }

// Look notes which cameras a page shows.
func (e *Engine) Look(shown []feed.Wish) {
	keys := make([]string, len(shown))
	for i, w := range shown {
		keys[i] = w.Key
	}
	e.recent.Release(keys...)
	e.Streams.Look(shown)
}

// Hold notes of which cameras a page keeps showing the last picture that it loaded: what
// was kept of them stays as it is, up to that picture.
func (e *Engine) Hold(keys []string) {
	for _, key := range keys {
		if f := e.Streams.Get(key); f != nil {
			e.recent.Hold(key, f.Hold())
		}
	}
}

// tidy drops the pictures of cameras that nobody looks at, until Stop.
func (e *Engine) tidy() {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			e.recent.Retain(func(key string) bool { f := e.Streams.Get(key); return f != nil && isShown(f.Facts()) })
		case <-e.Tasks.Context().Done():
			return
		}
	}
}

// SaveSnapshot saves the picture of a camera; the empty key means those of all that are
// shown and live, at one instant. They are as large as their cameras give them, where
// those give one in time. Of a camera that is held it is the picture that is seen.
func (e *Engine) SaveSnapshot(key string) Kept {
	var tiles []Tile
	for _, t := range e.Snapshot().Tiles {
		if t.Key == key || key == "" && t.Facts.Looked && !e.recent.Held(t.Key) {
			tiles = append(tiles, t)
		}
	}
	now := e.awaitPictures(tiles)
	var kept Kept
	var shots []keep.Shot
	for _, t := range tiles {
		p, ok := e.nearest(t, now, key == "")
		if !ok {
			kept.Missed++
			continue
		}
		shots = append(shots, keep.Shot{Camera: t.Name, Picture: p})
		if p.At.After(kept.Until) {
			kept.Until = p.At
		}
	}
	if len(shots) == 0 {
		kept.Code = keep.NoPicture
		return kept
	}
	kept.Result = e.saver.Snapshots(shots)
	return kept
}

// awaitPictures waits until each camera that is live has given a picture, as large as it
// gives them. It returns the instant to which pictures are to be near.
func (e *Engine) awaitPictures(tiles []Tile) time.Time {
	since, wait := time.Now(), nextPicture
	tiles = slices.DeleteFunc(slices.Clone(tiles), func(t Tile) bool { return e.recent.Held(t.Key) })
	if len(tiles) == 0 {
		return since
	}
	for _, t := range tiles {
		if f := e.Streams.Get(t.Key); f != nil && moves(t) && !isWhole(t, e.recent.Newest(t.Key)) {
			f.Whole()
			wait = wholePicture
		}
	}
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	for {
		arrived, all := e.Streams.Arrived.Wait(), true
		for _, t := range tiles {
			p := e.recent.Newest(t.Key)
			all = all && (!moves(t) || !p.At.Before(since) && isWhole(t, p))
		}
		if all {
			break
		}
		select {
		case <-arrived:
			continue
		case <-timeout.C:
		case <-e.Tasks.Context().Done():
		}
		break
	}
	if wait == wholePicture {
		return time.Now() // the smaller ones from before are not wanted
	}
	return since
}

// isWhole reports whether a picture is as large as the camera gives it, as far as that is
// known.
func isWhole(t Tile, p recent.Picture) bool {
	width, _, ok := mjpeg.Size(p.JPEG)
	return !ok || width >= t.Facts.Width
}

// moves reports whether a camera gives pictures.
func moves(t Tile) bool { return t.Verdict.State == cameras.Live || t.Verdict.State == cameras.Slow }

// nearest returns the picture of a camera that is nearest to a time. The last one of a
// camera that has stopped is only taken when live is false.
func (e *Engine) nearest(t Tile, at time.Time, live bool) (recent.Picture, bool) {
	if live && !moves(t) {
		return recent.Picture{}, false
	}
	if p, ok := e.recent.Nearest(t.Key, at); ok {
		return p, true
	}
	f := e.Streams.Get(t.Key) // it has one from before somebody looked, or a huge one
	if f == nil {
		return recent.Picture{}, false
	}
	frame := f.Frame()
	return recent.Picture{JPEG: frame.JPEG, At: frame.At}, len(frame.JPEG) > 0 && !frame.Placeholder
}

// SaveClip saves the pictures of a camera of the last seconds as a film.
func (e *Engine) SaveClip(key string) (kept Kept) {
	c, ok := e.Roster.Get(key)
	if !ok || c.Agent != "" && e.Keeper.Stranger(c.Agent) {
		kept.Code = keep.NoPicture
		return kept
	}
	kept.Result, kept.Length = e.saver.Clip(c.Shown().Name, func() []recent.Picture {
		list := e.Recent(key)
		if len(list) > 0 {
			kept.Until = list[len(list)-1].At
		}
		return list
	})
	return kept
}

// Reveal shows a file that was saved in the system's file manager. It reports whether
// that began.
func (e *Engine) Reveal(path string) bool {
	if e.cfg.Reveal == nil || !e.saver.Saved(path) {
		return false
	}
	err := e.cfg.Reveal(path)
	if err != nil {
		e.cfg.Logger.Warn("the file manager did not start", "error", err)
	}
	return err == nil
}

// CanReveal reports whether there can be a file manager.
func (e *Engine) CanReveal() bool { return e.cfg.Reveal != nil }

// Recent returns the pictures of a camera that are kept, oldest first.
func (e *Engine) Recent(key string) []recent.Picture { return e.recent.Pictures(key) }
