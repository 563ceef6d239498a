// Package command reads what was typed behind the app's name, before there is a
// window.
package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const help = `pigrid shows every Raspberry Pi camera on your network in one window.

No setting is needed: cameras are found automatically, and others are added in
the window, under the + at the top. PIGRID_MDNS=false in the environment turns
the search off.

Usage:
  pigrid           open the window; if it is open already, bring it to the front
  pigrid version   print the version
  pigrid help      print this

Flags of the window:
  --fullscreen   fill the screen
  --kiosk        for a screen that nobody sits at: fill it, show no controls and
                 no mouse, keep it on, and change nothing. If the page stands
                 still for 30 s, exit with code 70, so that a service starts it
                 again
  --view NAME    show this view: some of the cameras, as they were saved under a
                 name in the window; also in a window that is open already
`

// Window is how the window is wanted.
type Window struct {
	Fullscreen bool // also of a kiosk
	Kiosk      bool
	View       string // the name of the view to show, empty for the one of last time
}

// Read prints to stdout what the arguments ask for; open tells that it is the
// window that is wanted, and how. Its error is one sentence for a person. getenv is
// [os.Getenv].
func Read(args []string, getenv func(string) string, version string, stdout io.Writer) (open bool, w Window, err error) {
	w, rest, err := parse(args)
	if err != nil {
		return false, Window{}, err
	}
	var text string
	switch {
	case len(rest) == 0:
		return true, w, display(getenv)
	case slices.Contains([]string{"help", "--help", "-h"}, rest[0]):
		text = help
	case slices.Contains([]string{"version", "--version", "-v"}, rest[0]):
		text = "pigrid " + version + "\n"
	default:
		return false, Window{}, unknown(rest[0])
	}
	if len(rest) > 1 {
		return false, Window{}, unknown(rest[1])
	}
	_, err = io.WriteString(stdout, text)
	return false, Window{}, err
}

// View is the view that the arguments of a second start name, empty for none. Read has
// read them there.
func View(args []string) string {
	w, _, _ := parse(args)
	return w.View
}

// parse reads the flags of the window, and returns what follows them.
func parse(args []string) (w Window, rest []string, err error) {
	for len(args) > 0 {
		name, value, joined := strings.Cut(args[0], "=")
		switch {
		case args[0] == "--fullscreen":
			w.Fullscreen = true
		case args[0] == "--kiosk":
			w.Fullscreen, w.Kiosk = true, true
		case name == "--view" && joined && value != "":
			w.View = value
		case args[0] == "--view" && len(args) > 1 && args[1] != "" && !strings.HasPrefix(args[1], "-"):
			w.View = args[1]
			args = args[1:]
		case name == "--view":
			return Window{}, nil, errors.New("--view needs the name of a view, as in `pigrid --view \"Front door\"`")
		default:
			return w, args, nil
		}
		args = args[1:]
	}
	return w, nil, nil
}

func unknown(arg string) error {
	kind := "command"
	if strings.HasPrefix(arg, "-") {
		kind = "flag"
	}
	return fmt.Errorf("there is no %s %q; `pigrid --help` lists what there is", kind, arg)
}

// display finds out whether a window can open: the toolkit would panic. Without a
// variable libwayland tries the first socket of the session.
func display(getenv func(string) string) error {
	if !needsDisplay || getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != "" || getenv("WAYLAND_SOCKET") != "" {
		return nil
	}
	if dir := getenv("XDG_RUNTIME_DIR"); dir != "" {
		if _, err := os.Stat(filepath.Join(dir, "wayland-0")); err == nil {
			return nil
		}
	}
	return errors.New("there is no display here for its window (neither DISPLAY nor WAYLAND_DISPLAY is set); start it on a desktop, or open an agent's page in a browser")
}
