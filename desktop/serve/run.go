package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"pigrid/desktop/client"
	"pigrid/desktop/discovery"
	"pigrid/desktop/engine"
	"pigrid/desktop/gridapi"
	"pigrid/desktop/headroom"
	"pigrid/desktop/history"
	"pigrid/desktop/notify"
	"pigrid/desktop/secrets"
	"pigrid/desktop/serve/config"
	"pigrid/desktop/serve/control"
	"pigrid/desktop/serve/login"
	"pigrid/desktop/serve/relay"
	"pigrid/desktop/serve/site"
	"pigrid/desktop/serve/targets"
	"pigrid/desktop/serve/webhook"
	"pigrid/desktop/settings"
	"pigrid/frontend"
	"pigrid/shared/dnssd"
	"pigrid/shared/environ"
	"pigrid/shared/systemd"
)

const (
	// softMemory is from how many bytes on memory is collected more often than usual.
	softMemory = 512 << 20
	// stopLimit is how long the cameras' connections may take to end.
	stopLimit = 1500 * time.Millisecond
)

// serve runs until ctx ends.
func (p program) serve(ctx context.Context, cfg config.Config, dir string) error {
	if environ.Lookup(p.env, "GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	service := systemd.Take()
	log := newLog(cfg, p.stderr)
	commands, err := control.Listen(ctx, dir) // first: who has it may write in the folder
	if err != nil {
		return err
	}
	defer func() { _ = commands.Close() }()
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("it cannot listen on %s: %w", cfg.Listen, err)
	}
	defer func() { _ = ln.Close() }()
	addr := ln.Addr().(*net.TCPAddr).AddrPort()
	gate, err := p.gate(cfg, dir, addr)
	if err != nil {
		return err
	}
	var hook *webhook.Hook
	var tell func([]notify.Notice)
	if cfg.Webhook != nil {
		hook = webhook.New(cfg.Webhook, log)
		tell = hook.Tell
	}
	e, err := newEngine(cfg, dir, tell, log)
	if err != nil {
		return err
	}
	grid := gridapi.New(e, version)
	e.Start()
	grid.Start()
	log.Info("listening", "addr", addr.String(), "url", pageURL(addr), "login", gate != nil, "state", dir, "version", version)
	page := site.New(site.Config{
		Page: frontend.Dist(), Grid: grid.Viewers(), Relay: relay.New(e, cfg.MaxViewers, log), Gate: gate,
		Targets:    targets.Handler(e.Roster.Agents, siteName(cfg)),
		AllowHosts: cfg.AllowHosts, AllowFrom: cfg.AllowFrom,
		TrustProxy: cfg.TrustProxy, UserHeader: cfg.UserHeader, Log: log,
	})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var rooms sync.WaitGroup
	rooms.Go(func() { service.Run(ctx, "Open "+pageURL(addr), func() { _ = e.Snapshot() }, log) })
	rooms.Go(func() {
		control.Serve(ctx, commands, commandsOf(grid.Handler(), changer(gate, dir)), log)
	})
	if gate != nil {
		rooms.Go(func() { gate.Run(ctx) })
	}
	if hook != nil {
		rooms.Go(func() { hook.Run(ctx) })
	}
	rooms.Go(func() { <-ctx.Done(); e.Stop(stopLimit) }) // which ends the questions of pages, too
	err = page.Serve(ctx, ln)
	cancel()
	rooms.Wait()
	log.Info("stopped")
	return err
}

// gate is who may watch: everybody of this machine where it listens for that alone, and no
// proxy speaks for others.
func (p program) gate(cfg config.Config, dir string, addr netip.AddrPort) (*login.Gate, error) {
	if cfg.NoPassword || addr.Addr().Unmap().IsLoopback() && len(cfg.TrustProxy) == 0 {
		return nil, nil //nolint:nilnil // nobody is kept out
	}
	g, made, err := login.Open(dir)
	if made {
		fmt.Fprintf(p.stdout, "The view password is %s; `pigrid-serve password` prints it again.\n", g.Passes()[0].Reveal())
	}
	return g, err
}

// newEngine is the app without a window, with settings of its own.
func newEngine(cfg config.Config, dir string, tell func([]notify.Notice), log *slog.Logger) (*engine.Engine, error) {
	store, err := settings.Open(filepath.Join(dir, "settings.json"))
	if err != nil {
		log.Warn(err.Error())
	}
	past, err := history.Open(filepath.Join(dir, "history.json"))
	if err != nil {
		log.Warn(err.Error())
	}
	if err := writable(dir); err != nil {
		return nil, fmt.Errorf("nothing can be kept in the state folder: %w", err)
	}
	reach := client.NewClient().LocalNames(discovery.NewNames().Resolve)
	spare := headroom.New(runtime.NumCPU(), headroom.Own())
	e := engine.New(engine.Config{
		Client: reach, Access: reach, Settings: store, Secrets: secrets.New(secrets.NoKeychain{}, filepath.Join(dir, "secrets.json")),
		Search: search(cfg, log), Links: client.NewOwnLinks(), Memory: engine.MachineMemory(), NoClips: true,
		Spare: spare, History: past, All: true, Tell: tell, Logger: log,
	})
	e.Tasks.Go(func() { spare.Run(e.Tasks.Context()) })
	return e, nil
}

// siteName is what this place is called for Prometheus.
func siteName(cfg config.Config) string {
	if cfg.Site != "" {
		return cfg.Site
	}
	name, _ := os.Hostname()
	return name
}

// writable says why nothing can be written into a folder.
func writable(dir string) error {
	file, err := os.CreateTemp(dir, "try-*.tmp")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// search makes the search by mDNS, unless it is turned off.
func search(cfg config.Config, log *slog.Logger) func(func(dnssd.Sighting)) engine.Searcher {
	if !cfg.MDNS {
		return nil
	}
	return func(sighted func(dnssd.Sighting)) engine.Searcher {
		return discovery.New(discovery.Config{Logger: log, OnSighting: sighted})
	}
}

// pageURL is where a person finds the grid.
func pageURL(addr netip.AddrPort) string {
	if !addr.Addr().IsUnspecified() {
		return "http://" + addr.String() + "/"
	}
	name, _ := os.Hostname()
	host, _, _ := strings.Cut(name, ".")
	if host == "" {
		host = "localhost"
	} else {
		host += ".local"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(int(addr.Port()))) + "/"
}

func newLog(cfg config.Config, to io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogJSON {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}
