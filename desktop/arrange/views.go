package arrange

import (
	"slices"

	"pigrid/desktop/settings"
)

// SaveView makes a view, or changes the one that is called name now. What is more than a
// view can have is left out, and so is a view too many, or one whose name cannot be
// used or is taken.
func (a *Arrangement) SaveView(name string, v settings.View) {
	a.change(func(now *settings.Arrangement) {
		at, taken := find(now.Views, name), find(now.Views, v.Name)
		if !settings.ValidViewName(v.Name) || taken >= 0 && taken != at || at < 0 && len(now.Views) >= settings.MaxViews {
			return
		}
		v = v.Valid()
		views := slices.Clone(now.Views)
		if at < 0 {
			now.Views = append(views, v)
			return
		}
		views[at] = v
		now.Views = views
		a.shownAs(name, v.Name)
	})
}

// RemoveView removes a view, and no camera.
func (a *Arrangement) RemoveView(name string) {
	a.change(func(now *settings.Arrangement) {
		now.Views = slices.DeleteFunc(slices.Clone(now.Views), func(v settings.View) bool { return v.Name == name })
		a.shownAs(name, "")
	})
}

// shownAs goes on showing a view that has another name now. It is called with the lock.
func (a *Arrangement) shownAs(name, now string) {
	for _, shown := range []*string{&a.now.Showing, a.opened} {
		if shown != nil && *shown == name {
			*shown = now
		}
	}
}

// Show shows a view, or all cameras if name is empty, also after the next start. There
// is nothing to do for a view that there is not.
func (a *Arrangement) Show(name string) {
	a.change(func(now *settings.Arrangement) {
		if name == "" || find(now.Views, name) >= 0 {
			now.Showing, a.opened = name, nil
		}
	})
}

// Open shows a view until a person chooses another one, and saves nothing.
func (a *Arrangement) Open(name string) {
	a.change(func(*settings.Arrangement) { a.opened = &name })
}

// Shown returns the arrangement with the view that is shown, empty for all cameras, and
// the name of the one that was to be opened and that there is not, else empty.
func (a *Arrangement) Shown() (now settings.Arrangement, missing string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now = a.now
	if a.opened == nil {
		return now, ""
	}
	now.Showing = *a.opened
	if find(now.Views, now.Showing) < 0 {
		now.Showing, missing = "", now.Showing
	}
	return now, missing
}

// SetLayout says how the cameras of a view stand together, or all if name is empty.
func (a *Arrangement) SetLayout(name string, layout settings.Layout) {
	layout = layout.Valid()
	a.change(func(now *settings.Arrangement) {
		if name == "" {
			now.Layout = layout
			return
		}
		inView(now, name, func(v *settings.View) { v.Layout = layout })
	})
}

// MoveIn puts a camera of a view before another one of it, or last if before is empty.
func (a *Arrangement) MoveIn(view, key, before string) {
	a.change(func(now *settings.Arrangement) {
		inView(now, view, func(v *settings.View) { v.Cameras = moved(v.Cameras, v.Cameras, key, before) })
	})
}

// inView changes one view and leaves those alone that were read before.
func inView(now *settings.Arrangement, name string, change func(*settings.View)) {
	if at := find(now.Views, name); at >= 0 {
		now.Views = slices.Clone(now.Views)
		change(&now.Views[at])
	}
}

func find(views []settings.View, name string) int {
	return slices.IndexFunc(views, func(v settings.View) bool { return v.Name == name })
}
