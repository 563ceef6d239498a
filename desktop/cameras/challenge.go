package cameras

import "fmt"

// Challenge is how a camera asks for a name and a password. It is remembered: who
// asks in another way may be somebody else at the same address, and Basic shows the
// password to whoever asks.
type Challenge struct {
	Scheme string // "digest", "basic", or "none": it lets anybody in; "" when nobody knows
	Realm  string // what it calls itself
}

// Known reports whether the camera was ever seen to ask, or not to.
func (c Challenge) Known() bool { return c.Scheme != "" }

// String is for people.
func (c Challenge) String() string {
	switch c.Scheme {
	case "digest":
		return fmt.Sprintf("by Digest for %q", c.Realm)
	case "basic":
		return fmt.Sprintf("by Basic for %q", c.Realm)
	default:
		return "for nothing"
	}
}
