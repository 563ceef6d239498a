package settings

import "slices"

// Appearance is how the page looks. Empty means the first of each list.
type Appearance struct {
	Scheme string `json:"scheme,omitempty"` // of schemes
	Labels string `json:"labels,omitempty"` // of labelModes
	// Numbers is of numbersModes.
	Numbers string `json:"numbers,omitempty"`
}

// schemes are the colours of the page: those of the system, or always the same.
var schemes = []string{"system", "light", "dark"}

// labelModes say when tiles show their names.
var labelModes = []string{"always", "hover"}

// numbersModes say when tiles show the numbers of their pictures.
var numbersModes = []string{"hover", "always"}

// Valid reports whether there is such a look.
func (a Appearance) Valid() bool {
	known := func(choice string, of []string) bool { return choice == "" || slices.Contains(of, choice) }
	return known(a.Scheme, schemes) && known(a.Labels, labelModes) && known(a.Numbers, numbersModes)
}

// Whole returns a with what is empty said.
func (a Appearance) Whole() Appearance {
	if a.Scheme == "" {
		a.Scheme = schemes[0]
	}
	if a.Labels == "" {
		a.Labels = labelModes[0]
	}
	if a.Numbers == "" {
		a.Numbers = numbersModes[0]
	}
	return a
}
