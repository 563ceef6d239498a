package main

import (
	"os"
	"path/filepath"
	"strings"

	"pigrid/desktop/serve/config"
)

// systemStateDir is that of the service, which systemd tells it in STATE_DIRECTORY.
// Commands of root find it here.
const systemStateDir = "/var/lib/pigrid-serve"

// stateDir is the folder that cameras and keys are kept in, never the app's: what was
// said, the service's, or the user's own (XDG Base Directory Specification). It is ""
// where there is none. env is a list of NAME=value.
func stateDir(cfg config.Config, env []string) string {
	if cfg.StateDir != "" {
		return cfg.StateDir
	}
	if dir, _, _ := strings.Cut(lookup(env, "STATE_DIRECTORY"), ":"); filepath.IsAbs(dir) {
		return dir
	}
	if info, err := os.Stat(systemStateDir); err == nil && info.IsDir() && os.Geteuid() == 0 {
		return systemStateDir
	}
	if dir := lookup(env, "XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "pigrid-serve")
	}
	if home := lookup(env, "HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "pigrid-serve")
	}
	return ""
}

// lookup returns the value of an environment variable in env.
func lookup(env []string, name string) string {
	for _, entry := range env {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}
