package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pigrid/desktop/serve/config"
	"pigrid/desktop/serve/control"
	"pigrid/shared/environ"
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
	if dir, _, _ := strings.Cut(environ.Lookup(env, "STATE_DIRECTORY"), ":"); filepath.IsAbs(dir) {
		return dir
	}
	if info, err := os.Stat(systemStateDir); err == nil && info.IsDir() && os.Geteuid() == 0 {
		return systemStateDir
	}
	return environ.StateDir(env, "pigrid-serve")
}

// meansService adds to an error what helps a user whose command did not reach the
// service, of which only root finds the folder.
func meansService(cfg config.Config, err error) error {
	if !errors.Is(err, control.ErrNotRunning) || cfg.StateDir != "" || os.Geteuid() == 0 {
		return err
	}
	if _, missing := os.Lstat(systemStateDir); missing != nil {
		return err
	}
	return fmt.Errorf("%w. For the service of this machine, use sudo", err)
}
