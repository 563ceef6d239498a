package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"sync"

	"pigrid/agent/announce"
	"pigrid/agent/capture"
	"pigrid/agent/config"
	"pigrid/agent/control"
	"pigrid/agent/frames"
	"pigrid/agent/web"
	"pigrid/shared/systemd"
)

// serve wires the rooms together and runs them until ctx ends. Only bad
// configuration is an error; everything else is a state.
func serve(ctx context.Context, cfg config.Config, env []string, logTo io.Writer) error {
	service := systemd.Take()
	trouble := &problems{}
	log := slog.New(remembering{newLog(cfg, logTo).Handler(), trouble})
	// zeroconf speaks through the standard log, and nobody needs to hear it.
	slog.SetLogLoggerLevel(slog.LevelDebug)
	slog.SetDefault(log)
	who, err := identify(cfg, env, log)
	if err != nil {
		return err
	}
	lc := net.ListenConfig{KeepAlive: -1} // web sets what it wants for each connection
	ln, err := listen(ctx, lc.Listen, cfg, log)
	if err != nil {
		return err
	}
	defer ln.Close()
	addr := ln.Addr().(*net.TCPAddr).AddrPort()
	log.Info("listening", "addr", addr.String(), "url", pageURL(who.Host, addr), "id", who.ID, "version", version)

	guard, said, err := openAccess(who, log)
	if err != nil {
		return err
	}
	set := &frames.Set{}
	site := web.Config{
		Access: guard, Facts: said,
		Cameras: set, Identity: who.Identity, Version: version, Log: log,
		AllowHosts: cfg.AllowHosts, AllowOrigins: cfg.AllowOrigins, AllowFrom: cfg.AllowFrom, MaxViewers: cfg.MaxViewers,
	}
	manager, err := newManager(cfg, who, set, log)
	if err != nil {
		return err
	}
	rooms := []func(context.Context) error{manager.Run}
	if cfg.MDNS {
		announcer := announce.New(announce.Config{
			Logger: log, ID: who.ID, Name: cfg.Name, Version: version, Says: saying(guard, said), Port: addr.Port(), At: addr.Addr().Unmap(), Interface: cfg.MDNSInterface,
		})
		site.Announced = announcer.Announced // web and announce know nothing of each other
		rooms = append(rooms, announcer.Run)
	}
	server := web.New(site)
	rooms = append(rooms, func(ctx context.Context) error { return server.Serve(ctx, ln) })
	asked := control.Agent{Report: reporting(pageURL(who.Host, addr), server, trouble), Access: accessCommand(guard)}
	rooms = append(rooms,
		endless(func(ctx context.Context) { control.Serve(ctx, who.stateDir, asked, log) }),
		endless(guard.Run),
		endless(func(ctx context.Context) { who.keep(ctx, log) }),
		endless(func(ctx context.Context) {
			service.Run(ctx, "Open "+pageURL(who.Host, addr), func() { alive(set) }, log)
		}),
	)
	err = together(ctx, rooms)
	log.Info("stopped")
	return err
}

// newManager fills the set with the cameras that the configuration wants.
func newManager(cfg config.Config, who identified, set *frames.Set, log *slog.Logger) (*capture.Manager, error) {
	drivers, err := driversOf(cfg.Source, log)
	if err != nil {
		return nil, err
	}
	return capture.New(capture.Config{
		Cameras: set, IDs: who.cameras, Log: log,
		Drivers: drivers, Only: cfg.Only, AgentName: who.Name,
		Options: func(id string) capture.Options {
			c := cfg.For(id)
			return capture.Options{
				Width: c.Width, Height: c.Height, Framerate: c.Framerate, Quality: c.Quality, Mode: c.Mode,
				Shutter: c.Shutter, PostProcess: c.PostProcess,
			}
		},
		Name:        func(id string) string { return cfg.For(id).Name },
		IdleTimeout: cfg.IdleTimeout,
	}), nil
}

// alive returns when the cameras' states can be read, which all rooms need: an
// agent that hangs does not return, and is restarted by systemd.
func alive(set *frames.Set) {
	for _, camera := range set.All() {
		camera.State()
	}
}

// endless is a room that no error ends.
func endless(run func(context.Context)) func(context.Context) error {
	return func(ctx context.Context) error {
		run(ctx)
		return nil
	}
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

// pageURL is where a person finds the agent's page.
func pageURL(host string, addr netip.AddrPort) string {
	if !addr.Addr().IsUnspecified() {
		return "http://" + addr.String() + "/"
	}
	return "http://" + net.JoinHostPort(host+".local", strconv.Itoa(int(addr.Port()))) + "/"
}

func newLog(cfg config.Config, to io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogJSON {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}
