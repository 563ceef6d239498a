// Package command reads what was typed behind the app's name, before there is a
// window.
package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
`

// Window is how the window is wanted.
type Window struct {
	Fullscreen bool // also of a kiosk
	Kiosk      bool
}

// Read prints to stdout what the arguments ask for; open tells that it is the
// window that is wanted, and how. Its error is one sentence for a person. getenv is
// [os.Getenv].
func Read(args []string, getenv func(string) string, version string, stdout io.Writer) (open bool, w Window, err error) {
	var text string
	for i, arg := range args {
		switch arg {
		case "--fullscreen":
			w.Fullscreen = true
			continue
		case "--kiosk":
			w = Window{Fullscreen: true, Kiosk: true}
			continue
		case "help", "--help", "-h":
			text = help
		case "version", "--version", "-v":
			text = "pigrid " + version + "\n"
		default:
			return false, Window{}, unknown(arg)
		}
		if i != len(args)-1 {
			return false, Window{}, unknown(args[i+1])
		}
		_, err = io.WriteString(stdout, text)
		return false, Window{}, err
	}
	return true, w, display(getenv)
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
