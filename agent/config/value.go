package config

import "github.com/spf13/pflag"

// value is one setting as pflag sees it: the same check serves flags, the
// environment and the file.
type value struct {
	text string             // the default, as --help shows it
	kind string             // word for the value in --help
	list bool               // may be given more than once, and as a list in the file
	set  func(string) error // checks and stores; its error completes "is not right: "
}

var _ pflag.Value = (*value)(nil)

// String returns the default, for --help.
func (v *value) String() string { return v.text }

// Type returns the word --help shows for the value.
func (v *value) Type() string { return v.kind }

// Set checks and stores what was given; a list grows.
func (v *value) Set(s string) error { return v.set(s) }
