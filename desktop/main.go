// Pigrid shows every Raspberry Pi camera on the local network in one window.
//
// PIGRID_MDNS=false in the environment turns the search by mDNS off; cameras
// that were added or remembered are shown all the same.
package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/windows"

	"pigrid/desktop/client"
	"pigrid/desktop/command"
	"pigrid/desktop/discovery"
	"pigrid/desktop/engine"
	"pigrid/desktop/gridapi"
	"pigrid/desktop/headroom"
	"pigrid/desktop/history"
	"pigrid/desktop/packaging/icons"
	"pigrid/desktop/reveal"
	"pigrid/desktop/secrets"
	"pigrid/desktop/settings"
	"pigrid/frontend"
	"pigrid/shared/dnssd"
)

// softMemory is from how many bytes on memory is collected more often than usual.
// A wall takes a quarter of it; frames of tens of megabytes, each of which is
// garbage five times over when it is read, would take three times as much.
const softMemory = 512 << 20

// collectEarly is by how many percent the memory in use grows before it is collected.
// Most of it are pictures, which the collector need not look into: to collect often is
// cheap, and the usual 100 would double what the pictures of the last 30 s take.
const collectEarly = 25

// version is set by the linker.
var version = "dev"

func main() {
	open, wanted, err := command.Read(os.Args[1:], os.Getenv, version, os.Stdout)
	if err != nil {
		fmt.Fprintf(os.Stderr, "pigrid: %v\n", err)
		os.Exit(1)
	}
	if !open {
		return
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectEarly)
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	store, secret, notice := openSettings(logger)
	past, err := openHistory()
	if err != nil {
		logger.Warn(err.Error())
		notice = cmp.Or(notice, sentence(err))
	}
	reach := client.NewClient().LocalNames(discovery.NewNames().Resolve)
	spare := headroom.New(runtime.NumCPU(), headroom.Own())
	opened := make(chan context.Context, 1)
	var notices engine.Notices
	if !wanted.Kiosk {
		notices = newNotices(opened)
	}
	e := engine.New(engine.Config{
		Client: reach, Access: reach, Settings: store, Secrets: secret, Notice: notice,
		Search: search(logger), Sweeper: client.NewSweeper(), Links: client.NewOwnLinks(), Memory: engine.MachineMemory(),
		Spare: spare, Reveal: reveal.InFolder, Notices: notices, History: past, Logger: logger,
	})
	e.Tasks.Go(func() { spare.Run(e.Tasks.Context()) })
	if wanted.View != "" {
		e.OpenView(wanted.View)
	}
	w := lifetime{
		engine: e, grid: gridapi.New(e, version), store: store, wanted: wanted, logger: logger, opened: opened,
	}
	if wanted.Kiosk {
		w.grid.Kiosk()
	}
	if err := wails.Run(window(w)); err != nil {
		logger.Error("the window could not be opened", "error", err)
		os.Exit(1)
	}
}

// openSettings returns what is remembered and what is kept secret, and one
// sentence when that was lost.
func openSettings(logger *slog.Logger) (store *settings.Store, secret *secrets.Store, notice string) {
	path, err := settings.Path()
	secret = secrets.New(secrets.System{}, "")
	if err == nil {
		secret = secrets.New(secrets.System{}, filepath.Join(filepath.Dir(path), "secrets.json"))
		store, err = settings.Open(path)
	} else {
		store, _ = settings.Open("")
	}
	if err != nil {
		logger.Warn(err.Error())
		notice = sentence(err)
	}
	return store, secret, notice
}

// openHistory returns what is remembered of outages, beside the settings.
func openHistory() (*history.Recorder, error) {
	path, err := settings.Path()
	if err != nil {
		return history.Open("")
	}
	return history.Open(filepath.Join(filepath.Dir(path), "history.json"))
}

// sentence is an error as people read it.
func sentence(err error) string {
	text := err.Error()
	first, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[n:] + "."
}

// search makes the search by mDNS, unless it is turned off.
func search(logger *slog.Logger) func(func(dnssd.Sighting)) engine.Searcher {
	if on, err := strconv.ParseBool(os.Getenv("PIGRID_MDNS")); err == nil && !on {
		return nil
	}
	return func(sighted func(dnssd.Sighting)) engine.Searcher {
		return discovery.New(discovery.Config{Logger: logger, OnSighting: sighted})
	}
}

// instance names the settings that a running program has: another user's program, or one
// with other settings, is another instance.
func instance() string {
	path, _ := settings.Path() // without one, all are the same
	sum := sha256.Sum256([]byte(path))
	return "local-pigrid-" + hex.EncodeToString(sum[:8])
}

func window(w lifetime) *options.App {
	size := w.store.Get().Window
	if size.Width == 0 || size.Height == 0 {
		size.Width, size.Height = 1280, 800
	}
	state := options.Normal
	switch {
	case w.wanted.Fullscreen:
		state = options.Fullscreen
	case size.Maximised:
		state = options.Maximised
	}
	return &options.App{
		Title: "PiGrid",
		Width: size.Width, Height: size.Height,
		MinWidth: 480, MinHeight: 320,
		WindowStartState:   state,
		SingleInstanceLock: &options.SingleInstanceLock{UniqueId: instance(), OnSecondInstanceLaunch: w.raise},
		BackgroundColour:   options.NewRGB(0x0B, 0x0D, 0x10),
		AssetServer:        &assetserver.Options{Assets: frontend.Dist(), Handler: w.grid.Handler(), Middleware: gridapi.Unframed},
		DragAndDrop:        &options.DragAndDrop{DisableWebViewDrop: true}, // a file would be opened in place of the page
		OnStartup:          w.startup,
		OnBeforeClose:      w.beforeClose,
		OnShutdown:         w.shutdown,
		Linux:              &linux.Options{ProgramName: "pigrid", Icon: icons.Window(), WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
		Windows:            &windows.Options{Messages: webView2Words(), IsZoomControlEnabled: true},
	}
}
