// Package environ reads what a program was started with. env is always a list of NAME=value
// like [os.Environ].
package environ

import (
	"path/filepath"
	"strings"
)

// Lookup returns the value of a variable, "" when there is none.
func Lookup(env []string, name string) string {
	for _, entry := range env {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// StateDir returns the folder of the user's own in which a program keeps what it knows
// (XDG Base Directory Specification), "" when there is none.
func StateDir(env []string, program string) string {
	if dir := Lookup(env, "XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, program)
	}
	if home := Lookup(env, "HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", program)
	}
	return ""
}
