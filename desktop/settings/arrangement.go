package settings

import "slices"

// Arrangement is how a person arranged the cameras on this computer. Cameras that are
// not there have their entries, too, for when they come back.
type Arrangement struct {
	// Hidden has the keys of cameras that are not shown, and Fill those of cameras whose
	// pictures are cut so that they fill their tiles.
	Hidden []string `json:"hidden,omitempty"`
	Fill   []string `json:"fill,omitempty"`
	// Notify has the keys of cameras whose going and coming back is notified.
	Notify []string `json:"notify,omitempty"`
	// Order has the keys in display order; cameras that are not in it come after them.
	Order []string `json:"order,omitempty"`
	// Layout is how all cameras stand together; Views are some of them, by name.
	Layout Layout `json:"layout,omitempty"`
	Views  []View `json:"views,omitempty"`
	// Showing is the name of the view that is shown, empty for all cameras.
	Showing string `json:"showing,omitempty"`
}

// View is some cameras with an order and a layout of their own.
type View struct {
	Name    string   `json:"name"`
	Cameras []string `json:"cameras"` // keys in display order
	Layout  Layout   `json:"layout,omitempty"`
}

// Layout is how cameras stand together.
type Layout string

// The layouts.
const (
	Auto  Layout = ""      // all are equally large
	Focus Layout = "focus" // one is large, the others stand in a strip
)

// MaxViews is how many views there are at most, and MaxViewed how many cameras one has.
const (
	MaxViews  = 32
	MaxViewed = 256
)

// MaxArranged is how many cameras each of these lists has at most.
const MaxArranged = maxCameras

// valid returns the arrangement without what cannot be used.
func (a Arrangement) valid() Arrangement {
	a.Hidden, a.Fill, a.Notify, a.Order = keys(a.Hidden), keys(a.Fill), keys(a.Notify), keys(a.Order)
	a.Layout = a.Layout.Valid()
	a.Views = valid(a.Views, MaxViews, func(v View) (string, bool) { return v.Name, ValidViewName(v.Name) })
	for i, v := range a.Views {
		a.Views[i] = v.Valid()
	}
	if !slices.ContainsFunc(a.Views, func(v View) bool { return v.Name == a.Showing }) {
		a.Showing = ""
	}
	return a
}

// ValidViewName reports whether a view can be called so.
func ValidViewName(name string) bool { return name != "" && text(name) }

// Valid returns the view without what it cannot have.
func (v View) Valid() View {
	list := keys(v.Cameras)
	return View{v.Name, append([]string{}, list[:min(len(list), MaxViewed)]...), v.Layout.Valid()}
}

// Valid returns Auto for what is not a layout.
func (l Layout) Valid() Layout {
	if l != Focus {
		return Auto
	}
	return l
}

// keys returns what of a list can be keys of cameras, each once.
func keys(list []string) []string {
	return valid(list, MaxArranged, func(k string) (string, bool) { return k, k != "" && text(k) })
}
