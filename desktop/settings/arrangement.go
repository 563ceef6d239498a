package settings

// Arrangement is how a person arranged the cameras on this computer. Cameras that are
// not there have their entries, too, for when they come back.
type Arrangement struct {
	// Hidden has the keys of cameras that are not shown, and Fill those of cameras whose
	// pictures are cut so that they fill their tiles.
	Hidden []string `json:"hidden,omitempty"`
	Fill   []string `json:"fill,omitempty"`
	// Order has the keys in display order; cameras that are not in it come after them.
	Order []string `json:"order,omitempty"`
}

// MaxArranged is how many cameras each of these lists has at most.
const MaxArranged = maxCameras

// valid returns the arrangement without what cannot be used.
func (a Arrangement) valid() Arrangement {
	a.Hidden, a.Fill, a.Order = keys(a.Hidden), keys(a.Fill), keys(a.Order)
	return a
}

// keys returns what of a list can be keys of cameras, each once.
func keys(list []string) []string {
	return valid(list, MaxArranged, func(k string) (string, bool) { return k, k != "" && text(k) })
}
