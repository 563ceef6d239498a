package arrange

import (
	"cmp"
	"slices"
	"sync"

	"pigrid/desktop/settings"
)

// Arrangement is how a person arranged the cameras. It is safe for concurrent use, and
// nobody waits for a disk.
type Arrangement struct {
	mu     sync.Mutex
	now    settings.Arrangement
	opened *string // shown in place of now.Showing and not saved, nil for none
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

// Notify turns the notifications about a camera on or off.
func (a *Arrangement) Notify(key string, on bool) {
	a.change(func(now *settings.Arrangement) { now.Notify = with(now.Notify, key, on) })
}

// Take takes in how another computer shows cameras: its order, views and layout, and what
// it hides, fills and notifies of. What this computer has besides stays, after it.
func (a *Arrangement) Take(theirs settings.Arrangement) {
	a.change(func(now *settings.Arrangement) {
		for _, list := range []struct{ to, from *[]string }{
			{&now.Hidden, &theirs.Hidden}, {&now.Fill, &theirs.Fill}, {&now.Notify, &theirs.Notify}, {&now.Order, &theirs.Order},
		} {
			*list.to = both(*list.from, *list.to)
		}
		views := slices.Clone(theirs.Views)
		for _, v := range now.Views {
			if find(theirs.Views, v.Name) < 0 {
				views = append(views, v)
			}
		}
		now.Views, now.Layout = views[:min(len(views), settings.MaxViews)], theirs.Layout
	})
}

// both has the keys of two lists, each once.
func both(first, second []string) []string {
	has := setOf(first)
	list := append(slices.Clone(first), without(second, func(key string) bool { return has[key] })...)
	return list[:min(len(list), settings.MaxArranged)]
}

// Forget removes cameras from everything.
func (a *Arrangement) Forget(keys []string) {
	gone := func(k string) bool { return slices.Contains(keys, k) }
	a.change(func(now *settings.Arrangement) {
		now.Hidden, now.Fill, now.Order = without(now.Hidden, gone), without(now.Fill, gone), without(now.Order, gone)
		now.Notify = without(now.Notify, gone)
		views := slices.Clone(now.Views)
		for i := range views {
			views[i].Cameras = without(views[i].Cameras, gone)
		}
		now.Views = views
	})
}

// Move puts a camera before another one, or last if before is empty. shown has the keys
// of all cameras as they would stand if nobody had moved any: those that are not in the
// order yet get their places in it.
func (a *Arrangement) Move(key, before string, shown []string) {
	a.change(func(now *settings.Arrangement) {
		now.Order = moved(now.Order, shown, key, before)
	})
}

// Sort sorts cameras as an order of keys has them; those that it does not have follow
// as they were.
func Sort[T any](list []T, order []string, key func(T) string) {
	at := map[string]int{}
	for i, k := range order {
		at[k] = i + 1
	}
	place := func(one T) int { return cmp.Or(at[key(one)], len(order)+1) }
	slices.SortStableFunc(list, func(a, b T) int { return place(a) - place(b) })
}

// moved returns an order in which key stands before another one. Cameras that are not
// shown now keep their places, unless there are too many.
func moved(order, shown []string, key, before string) []string {
	known := setOf(order)
	all := slices.Clone(order)
	for _, k := range shown {
		if !known[k] {
			all = append(all, k)
		}
	}
	if before == key || !slices.Contains(shown, key) {
		return order
	}
	all = without(all, func(k string) bool { return k == key })
	at := slices.Index(all, before)
	if at < 0 {
		at = len(all)
	}
	all = slices.Insert(all, at, key)
	if len(all) > settings.MaxArranged {
		is := setOf(shown)
		all = without(all, func(k string) bool { return !is[k] })
	}
	return all[:min(len(all), settings.MaxArranged)]
}

func setOf(keys []string) map[string]bool {
	set := make(map[string]bool, len(keys))
	for _, key := range keys {
		set[key] = true
	}
	return set
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
