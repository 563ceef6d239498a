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
	})
}

// RemoveView removes a view, and no camera.
func (a *Arrangement) RemoveView(name string) {
	a.change(func(now *settings.Arrangement) {
		now.Views = slices.DeleteFunc(slices.Clone(now.Views), func(v settings.View) bool { return v.Name == name })
	})
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
