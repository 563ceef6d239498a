package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"pigrid/agent/announce"
	"pigrid/agent/camera"
	"pigrid/agent/config"
	"pigrid/agent/frames"
	"pigrid/agent/identity"
	"pigrid/agent/web"
)

const (
	systemStateDir = "/var/lib/pigrid"
	lastFreePort   = 8089
)

// serve wires the rooms together and runs them until ctx ends. Only bad
// configuration is an error; everything else is a state.
func serve(ctx context.Context, cfg config.Config, logTo io.Writer) error {
	log := newLog(cfg, logTo)
	who, ids, err := identify(cfg, log)
	if err != nil {
		return err
	}
	ln, err := listen(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer ln.Close()
	port := ln.Addr().(*net.TCPAddr).Port
	log.Info("listening", "addr", ln.Addr().String(), "url", fmt.Sprintf("http://%s/", net.JoinHostPort(who.Host, strconv.Itoa(port))),
		"id", who.ID, "version", version)

	set := &frames.Set{}
	manager := camera.New(camera.Config{
		Cameras: set, IDs: ids, Log: log,
		Source: cfg.Source, Only: cfg.Only, AgentName: who.Name,
		Options: func(id string) camera.Options {
			c := cfg.For(id)
			return camera.Options{Width: c.Width, Height: c.Height, Framerate: c.Framerate, Quality: c.Quality, Mode: c.Mode}
		},
		Name:        func(id string) string { return cfg.For(id).Name },
		IdleTimeout: cfg.IdleTimeout,
	})
	server := web.New(web.Config{
		Cameras: set, Identity: who, Version: version, Log: log,
		AllowHosts: cfg.AllowHosts, AllowOrigins: cfg.AllowOrigins, AllowFrom: cfg.AllowFrom, MaxViewers: cfg.MaxViewers,
	})
	rooms := []func(context.Context) error{
		manager.Run,
		func(ctx context.Context) error { return server.Serve(ctx, ln) },
	}
	if cfg.MDNS {
		rooms = append(rooms, announce.New(announce.Config{
			Logger: log, ID: who.ID, Name: who.Name, Version: version, Port: uint16(port), Interface: cfg.MDNSInterface, //nolint:gosec // a TCP port
		}).Run)
	}
	err = together(ctx, rooms)
	log.Info("stopped")
	return err
}

// together runs all rooms until one fails or ctx ends, and waits for all.
func together(ctx context.Context, rooms []func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(rooms))
	var wg sync.WaitGroup
	for i, run := range rooms {
		wg.Go(func() {
			if errs[i] = run(ctx); errs[i] != nil {
				cancel()
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func newLog(cfg config.Config, to io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogJSON {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}

// identify finds out who this agent is and which camera ids it has given out.
func identify(cfg config.Config, log *slog.Logger) (identity.Identity, *identity.CameraIDs, error) {
	who := identity.Identity{Name: cfg.Name, Host: hostname()}
	if who.Name == "" {
		who.Name = who.Host
	}
	dir := cfg.StateDir
	var err error
	if dir != "" {
		who.ID, err = identity.StoredID(dir)
	} else {
		dir = defaultStateDir()
		who.ID, err = identity.MachineID(os.DirFS("/"))
		if err != nil && dir != "" {
			who.ID, err = identity.StoredID(dir)
		}
	}
	if err != nil {
		return who, nil, err
	}
	ids, err := identity.OpenCameraIDs(dir)
	if err != nil {
		log.Warn(err.Error())
	}
	return who, ids, nil
}

// hostname is this machine's name without domain.
func hostname() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "raspberrypi"
	}
	host, _, _ := strings.Cut(name, ".")
	return host
}

// defaultStateDir is the system's folder if it can be written to, else the
// user's, else none.
func defaultStateDir() string {
	if os.MkdirAll(systemStateDir, 0o755) == nil && syscall.Access(systemStateDir, 2 /* W_OK */) == nil {
		return systemStateDir
	}
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "pigrid")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "state", "pigrid")
	}
	return ""
}

// listen opens the port. Nobody chose 8080, so any near it will do when it is
// taken; a port somebody chose is the only right one.
func listen(ctx context.Context, cfg config.Config, log *slog.Logger) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", cfg.Listen)
	if err == nil {
		return ln, nil
	}
	if cfg.ListenGiven {
		return nil, cannotListen(cfg.Listen, err)
	}
	for port := 8081; port <= lastFreePort; port++ {
		if ln, err := lc.Listen(ctx, "tcp", ":"+strconv.Itoa(port)); err == nil {
			log.Info("port 8080 is taken, using the next free one", "port", port)
			return ln, nil
		}
	}
	return nil, fmt.Errorf("the ports 8080 to %d are all taken; choose a free one with --listen :PORT", lastFreePort)
}

func cannotListen(addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("another program listens on %s already; stop it or choose another port with --listen", addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this user may not listen on %s; choose a port from 1024 up with --listen", addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("this machine has no address %s; choose one it has with --listen, or :PORT for all", addr)
	}
	return fmt.Errorf("it is not possible to listen on %s: %w", addr, err)
}
