package settings

import "slices"

// Appearance is how the page looks. Empty means the first of each list.
type Appearance struct {
	Scheme string `json:"scheme,omitempty"` // of schemes
	Labels string `json:"labels,omitempty"` // of labelModes
}

// schemes are the colours of the page: those of the system, or always the same.
var schemes = []string{"system", "light", "dark"}

// labelModes say when tiles show their names.
var labelModes = []string{"always", "hover"}

// Valid reports whether there is such a look.
func (a Appearance) Valid() bool {
	return (a.Scheme == "" || slices.Contains(schemes, a.Scheme)) && (a.Labels == "" || slices.Contains(labelModes, a.Labels))
}

// Whole returns a with what is empty said.
func (a Appearance) Whole() Appearance {
	if a.Scheme == "" {
		a.Scheme = schemes[0]
	}
	if a.Labels == "" {
		a.Labels = labelModes[0]
	}
	return a
}
