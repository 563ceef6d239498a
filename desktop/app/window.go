package app

import (
	"context"
	"time"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"pigrid/desktop/settings"
)

// stopLimit leaves half a second of the two that Ctrl-C may take to Wails.
const stopLimit = 1500 * time.Millisecond

// Window ties an [Engine] to the life of the Wails window.
type Window struct {
	engine *Engine
	store  *settings.Store
}

// NewWindow returns the callbacks for Wails.
func NewWindow(e *Engine, store *settings.Store) *Window { return &Window{e, store} }

// Startup starts the Engine and sends its state as the event "state".
func (w *Window) Startup(ctx context.Context) {
	w.engine.Start(func(s State) { runtime.EventsEmit(ctx, "state", s) })
}

// BeforeClose remembers the size of the window; it never prevents closing.
func (w *Window) BeforeClose(ctx context.Context) (prevent bool) {
	if !runtime.WindowIsNormal(ctx) {
		return false
	}
	width, height := runtime.WindowGetSize(ctx)
	err := w.store.Save(func(s settings.Settings) settings.Settings {
		s.Window = settings.Window{Width: width, Height: height}
		return s
	})
	if err != nil {
		w.engine.cfg.Logger.Error("saving", "error", err)
	}
	return false
}

// Shutdown stops the Engine and waits for it.
func (w *Window) Shutdown(context.Context) {
	begin := time.Now()
	w.engine.Stop(stopLimit)
	w.engine.cfg.Logger.Info("stopped", "took", time.Since(begin).Round(time.Millisecond))
}
