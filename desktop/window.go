package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"pigrid/desktop/engine"
	"pigrid/desktop/gridapi"
	"pigrid/desktop/settings"
)

// stopLimit leaves half a second of the two that Ctrl-C may take to Wails.
const stopLimit = 1500 * time.Millisecond

// lifetime ties an [engine.Engine] and what it shows to the life of the Wails window.
type lifetime struct {
	engine *engine.Engine
	grid   *gridapi.Server
	store  *settings.Store
	logger *slog.Logger
}

func (l lifetime) startup(ctx context.Context) {
	l.grid.In(dialogs{ctx})
	l.engine.Start()
	l.grid.Start()
}

// beforeClose remembers the size of the window; it never prevents closing.
func (l lifetime) beforeClose(ctx context.Context) (prevent bool) {
	if !runtime.WindowIsNormal(ctx) {
		return false
	}
	width, height := runtime.WindowGetSize(ctx)
	err := l.store.Save(func(s settings.Settings) settings.Settings {
		s.Window = settings.Window{Width: width, Height: height}
		return s
	})
	if err != nil {
		l.logger.Error("saving", "error", err)
	}
	return false
}

// shutdown stops the Engine and waits for it.
func (l lifetime) shutdown(context.Context) {
	begin := time.Now()
	l.engine.Stop(stopLimit)
	l.logger.Info("stopped", "took", time.Since(begin).Round(time.Millisecond))
}

// dialogs are those of the Wails window.
type dialogs struct {
	ctx context.Context //nolint:containedctx // Wails knows its window by it
}

// SaveAs implements [gridapi.Window].
func (d dialogs) SaveAs(name string) (path string, err error) {
	return runtime.SaveFileDialog(d.ctx, runtime.SaveDialogOptions{Title: "Save as a file", DefaultFilename: name, CanCreateDirectories: true})
}
