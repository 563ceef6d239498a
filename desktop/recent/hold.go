package recent

import "time"

// Hold keeps the pictures of a camera as they are: up to the one that arrived at a time,
// and none that came later. It does nothing while the camera is held already.
func (b *Buffer) Hold(key string, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, held := b.held[key]; held {
		return
	}
	b.held[key] = until
	t := b.tracks[key]
	for t != nil && t.count() > 0 && t.newest().At.After(until) {
		b.bytes -= t.popNewest()
	}
	if t != nil && t.count() == 0 {
		delete(b.tracks, key)
	}
}

// Release lets the pictures of cameras go on.
func (b *Buffer) Release(keys ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, key := range keys {
		delete(b.held, key)
	}
}

// Held reports whether a camera is held.
func (b *Buffer) Held(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, held := b.held[key]
	return held
}
