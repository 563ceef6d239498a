package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"

	"pigrid/agent/config"
	"pigrid/agent/identity"
)

const systemStateDir = "/var/lib/pigrid"

// identify finds out who this agent is and which camera ids it has given out.
// dir is its state folder, empty for none.
func identify(cfg config.Config, env []string, log *slog.Logger) (who identity.Identity, ids *identity.CameraIDs, dir string, err error) {
	who = identity.Identity{Name: cfg.Name, Host: hostname()}
	if who.Name == "" {
		who.Name = who.Host
	}
	dir = cfg.StateDir
	if dir != "" {
		who.ID, err = identity.StoredID(dir)
	} else {
		dir = defaultStateDir(env)
		who.ID, err = identity.MachineID(os.DirFS("/"))
		if err != nil && dir != "" {
			who.ID, err = identity.StoredID(dir)
		}
	}
	if err != nil {
		return who, nil, dir, err
	}
	ids, err = identity.OpenCameraIDs(dir)
	if err != nil {
		log.Warn(err.Error())
	}
	return who, ids, dir, nil
}

// hostname is this machine's name without domain.
func hostname() string {
	name, _ := os.Hostname()
	return hostOf(name)
}

// hostOf returns the first label of a host name as text: the kernel takes any
// bytes for one.
func hostOf(name string) string {
	host, _, _ := strings.Cut(strings.ToValidUTF8(name, ""), ".")
	host = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, host)
	if host == "" {
		return "raspberrypi"
	}
	return host
}

// defaultStateDir is the system's folder if it can be written to, else the
// user's, else none. env is a list of NAME=value.
func defaultStateDir(env []string) string {
	const writable = 2 // W_OK
	if os.MkdirAll(systemStateDir, 0o755) == nil && syscall.Access(systemStateDir, writable) == nil {
		return systemStateDir
	}
	return userStateDir(env)
}

// userStateDir follows the XDG Base Directory Specification.
func userStateDir(env []string) string {
	if dir := lookup(env, "XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "pigrid")
	}
	if home := lookup(env, "HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "pigrid")
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
