package arrange

import (
	"slices"
	"sync"

	"pigrid/desktop/settings"
)

// Arrangement is how a person arranged the cameras. It is safe for concurrent use, and
// nobody waits for a disk.
type Arrangement struct {
	mu  sync.Mutex
	now settings.Arrangement
}

// New returns the Arrangement that was saved.
func New(saved settings.Arrangement) *Arrangement { return &Arrangement{now: saved} }

// Now returns the arrangement, to be saved and shown. Its lists must not be changed.
func (a *Arrangement) Now() settings.Arrangement {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

func (a *Arrangement) change(to func(*settings.Arrangement)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	to(&a.now)
}

// Hide hides a camera, or shows it again.
func (a *Arrangement) Hide(key string, hidden bool) {
	a.change(func(now *settings.Arrangement) { now.Hidden = with(now.Hidden, key, hidden) })
}

// Fill lets the picture of a camera fill its tile, or fit into it again.
func (a *Arrangement) Fill(key string, fill bool) {
	a.change(func(now *settings.Arrangement) { now.Fill = with(now.Fill, key, fill) })
}

// Forget removes cameras from everything.
func (a *Arrangement) Forget(keys []string) {
	gone := func(k string) bool { return slices.Contains(keys, k) }
	a.change(func(now *settings.Arrangement) {
		now.Hidden, now.Fill = without(now.Hidden, gone), without(now.Fill, gone)
	})
}

// with returns a list with a key at its end, or without it. The oldest leaves a list
// that is full.
func with(list []string, key string, in bool) []string {
	list = without(list, func(k string) bool { return k == key })
	if in {
		list = append(list, key)
	}
	return list[max(0, len(list)-settings.MaxArranged):]
}

// without returns another list.
func without(list []string, gone func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(list), gone)
}
