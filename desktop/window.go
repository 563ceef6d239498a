package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"pigrid/desktop/awake"
	"pigrid/desktop/command"
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
	wanted command.Window
	logger *slog.Logger
	opened chan context.Context // has the window's once it is there
}

func (l lifetime) startup(ctx context.Context) {
	l.opened <- ctx
	l.place(ctx)
	l.grid.In(dialogs{ctx})
	l.engine.Start()
	l.grid.Start()
	if l.wanted.Kiosk {
		l.engine.Tasks.Go(l.unattended)
	}
}

// exitStill is EX_SOFTWARE of sysexits.h: a service starts the program again.
const exitStill = 70

// unattended keeps the screen on, and ends the program when the page stands still.
func (l lifetime) unattended() {
	ctx := l.engine.Tasks.Context()
	if err := awake.Keep(ctx); err != nil {
		l.logger.Warn("the screen cannot be kept on; turn off its saver in the system's settings", "error", err)
	}
	if !l.grid.StandsStill(ctx) {
		return
	}
	l.logger.Error("the page has asked for nothing for 30 s; the program ends, so that a service starts it again", "exit", exitStill)
	go l.engine.Stop(stopLimit) // not by the task that it waits for
	time.Sleep(stopLimit)
	os.Exit(exitStill)
}

// raise brings the window to the front, with a view if one is named: the program was
// started again.
func (l lifetime) raise(second options.SecondInstanceData) {
	if view := command.View(second.Args); view != "" {
		l.engine.OpenView(view)
	}
	ctx := <-l.opened
	l.opened <- ctx
	runtime.WindowUnminimise(ctx)
	runtime.WindowShow(ctx)
	runtime.Show(ctx)
}

// onlyScreen is the size of the screen, as in 1920x1080, and empty when there are several:
// Wails reads a window's place from the corner of all screens, and sets it from the corner
// of one of them.
func onlyScreen(ctx context.Context) (name string, width, height int) {
	all, err := runtime.ScreenGetAll(ctx)
	if err != nil || len(all) != 1 {
		return "", 0, 0
	}
	return fmt.Sprintf("%dx%d", all[0].Size.Width, all[0].Size.Height), all[0].Size.Width, all[0].Size.Height
}

// place puts the window where it was, when that is on the screen. Wayland leaves it where
// it is.
func (l lifetime) place(ctx context.Context) {
	was := l.store.Get().Window
	screen, width, height := onlyScreen(ctx)
	if was.Screen == "" || was.Screen != screen || was.Maximised || l.wanted.Fullscreen {
		return
	}
	const grip = 100 // pixels of the window that can be reached
	if was.X >= 0 && was.Y >= 0 && was.X <= width-grip && was.Y <= height-grip {
		runtime.WindowSetPosition(ctx, was.X, was.Y)
	}
}

// beforeClose remembers the size and place of the window; it never prevents closing.
func (l lifetime) beforeClose(ctx context.Context) (prevent bool) {
	normal, maximised := runtime.WindowIsNormal(ctx), runtime.WindowIsMaximised(ctx)
	if !normal && !maximised || l.wanted.Fullscreen {
		return false
	}
	width, height := runtime.WindowGetSize(ctx)
	x, y := runtime.WindowGetPosition(ctx)
	screen, _, _ := onlyScreen(ctx)
	err := l.store.Save(func(s settings.Settings) settings.Settings {
		if s.Window.Maximised = maximised; !maximised {
			s.Window.Width, s.Window.Height = width, height
			s.Window.X, s.Window.Y, s.Window.Screen = x, y, screen
		}
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
	l.logger.Info("stopped", "took", time.Since(begin).Round(time.Millisecond), "led", led())
}

// dialogs are those of the Wails window.
type dialogs struct {
	ctx context.Context //nolint:containedctx // Wails knows its window by it
}

// SaveAs implements [gridapi.Window].
func (d dialogs) SaveAs(name string) (path string, err error) {
	return runtime.SaveFileDialog(d.ctx, runtime.SaveDialogOptions{Title: "Save as a file", DefaultFilename: name, CanCreateDirectories: true})
}

// ChooseFolder implements [gridapi.Window].
func (d dialogs) ChooseFolder(begin string) (path string, err error) {
	return runtime.OpenDirectoryDialog(d.ctx, runtime.OpenDialogOptions{Title: "Save pictures in", DefaultDirectory: nearest(begin), CanCreateDirectories: true})
}

// nearest returns a folder, or the one nearest above it that is there: Wails opens no
// other. It is empty when there is none.
func nearest(folder string) string {
	for filepath.IsAbs(folder) {
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			return folder
		}
		up := filepath.Dir(folder)
		if up == folder {
			break
		}
		folder = up
	}
	return ""
}
