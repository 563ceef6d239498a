package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"time"
	"unicode"

	"pigrid/agent/config"
	"pigrid/agent/identity"
	"pigrid/shared/environ"
)

const systemStateDir = "/var/lib/pigrid"

// keepEvery is how often it is tried to write what could not be written.
const keepEvery = time.Minute

// identified is who this agent is.
type identified struct {
	identity.Identity
	cameras  *identity.CameraIDs // the ids that it has given out
	stateDir string              // "" for none
	unkept   bool                // there was no room for its own id
}

// identify finds out who this agent is.
func identify(cfg config.Config, env []string, log *slog.Logger) (who identified, err error) {
	who.Identity = identity.Identity{Name: cfg.Name, Host: hostname()}
	if who.Name == "" {
		who.Name = who.Host
	}
	machine := os.DirFS("/")
	if who.stateDir = cfg.StateDir; who.stateDir != "" {
		who.ID, err = identity.StoredID(machine, who.stateDir)
	} else {
		who.stateDir = defaultStateDir(env)
		who.ID, err = identity.MachineID(machine)
		if err != nil && who.stateDir != "" {
			who.ID, err = identity.StoredID(machine, who.stateDir)
		}
	}
	if who.ID == "" {
		return who, err
	}
	if err != nil {
		who.unkept = warn(log, err)
	}
	if who.cameras, err = identity.OpenCameraIDs(who.stateDir); err != nil {
		log.Warn(err.Error())
	}
	return who, nil
}

// warn logs what hinders nobody, and reports whether it is something that could
// not be kept.
func warn(log *slog.Logger, err error) (unkept bool) {
	e, unkept := errors.AsType[*identity.NotKept](err)
	if unkept {
		log.Warn(e.Message(), "hint", e.Hint())
	} else {
		log.Warn(err.Error())
	}
	return unkept
}

// keep writes what could not be written, as on a full card, as soon as it can be,
// until ctx ends.
func (who *identified) keep(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if who.unkept && identity.KeepID(who.stateDir, who.ID) == nil {
			who.unkept = false
			log.Info("the agent's id has been saved", "in", who.stateDir)
		}
		if owed, err := who.cameras.Keep(); owed && err == nil {
			log.Info("the camera ids have been saved", "in", who.stateDir)
		}
	}
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

// defaultStateDir is the system's folder if it can be used, else the user's, else
// none. env is a list of NAME=value.
func defaultStateDir(env []string) string {
	if os.MkdirAll(systemStateDir, 0o755) == nil && usable(systemStateDir) {
		return systemStateDir
	}
	return environ.StateDir(env, "pigrid")
}

// usable reports whether a folder can be written to. One that is only to be read
// will do on a card that the kernel lets nobody write to any more because it breaks:
// what was remembered still counts.
func usable(dir string) bool {
	const search, write, read = 1, 2, 4 // of access(2)
	err := syscall.Access(dir, write)
	return err == nil || errors.Is(err, syscall.EROFS) && syscall.Access(dir, read|search) == nil
}
