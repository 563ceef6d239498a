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
  pigrid           open the window
  pigrid version   print the version
  pigrid help      print this
`

// Read prints to stdout what the arguments ask for; open tells that it is the
// window that is wanted. Its error is one sentence for a person. getenv is
// [os.Getenv].
func Read(args []string, getenv func(string) string, version string, stdout io.Writer) (open bool, err error) {
	if len(args) == 0 {
		return true, display(getenv)
	}
	var text string
	switch args[0] {
	case "help", "--help", "-h":
		text = help
	case "version", "--version", "-v":
		text = "pigrid " + version + "\n"
	default:
		return false, unknown(args[0])
	}
	if len(args) > 1 {
		return false, unknown(args[1])
	}
	_, err = io.WriteString(stdout, text)
	return false, err
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
