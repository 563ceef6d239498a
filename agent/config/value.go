package config

import "github.com/spf13/pflag"

// value is one setting as pflag sees it: the same check serves flags, the
// environment and the file.
type value struct {
	option
	set parser
}

var _ pflag.Value = (*value)(nil)

// String returns the default, for --help.
func (v *value) String() string { return v.value }

// Type returns the word --help shows for the value.
func (v *value) Type() string { return v.kind }

// Set checks and stores what was given; a list grows.
func (v *value) Set(s string) error { return v.set(s) }
