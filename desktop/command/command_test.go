package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// read reads arguments on a computer with these variables.
func read(env map[string]string, args ...string) (stdout string, open bool, err error) {
	var out bytes.Buffer
	open, _, err = Read(args, func(name string) string { return env[name] }, "1.2.3", &out)
	return out.String(), open, err
}

func TestVersionAndHelpNeedNoDisplay(t *testing.T) {
	for _, arg := range []string{"version", "--version", "-v"} {
		if out, open, err := read(nil, arg); out != "pigrid 1.2.3\n" || open || err != nil {
			t.Errorf("%s: %q, window %v, error %v", arg, out, open, err)
		}
	}
	for _, arg := range []string{"help", "--help", "-h"} {
		out, open, err := read(nil, arg)
		if !strings.Contains(out, "\nUsage:\n  pigrid ") || open || err != nil {
			t.Errorf("%s: %q, window %v, error %v", arg, out, open, err)
		}
		for line := range strings.Lines(out) {
			if len(line) > 81 {
				t.Errorf("%s: %d columns: %s", arg, len(line), line)
			}
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"show"}, `there is no command "show"; ` + "`pigrid --help` lists"},
		{[]string{"--full"}, `there is no flag "--full"; `},
		{[]string{"--kiosk", "--view"}, "--view needs the name of a view"},
		{[]string{"--view="}, "--view needs the name of a view"},
		{[]string{"--view", ""}, "--view needs the name of a view"},
		{[]string{"--view", "--kiosk"}, "--view needs the name of a view"},
		{[]string{"--view", "Door", "Hall"}, `there is no command "Hall"; `},
		{[]string{"--views=Door"}, `there is no flag "--views=Door"; `},
		{[]string{"--help", "--kiosk"}, `there is no flag "--kiosk"; `},
		{[]string{"-version"}, `there is no flag "-version"; `},
		{[]string{"version", "2"}, `there is no command "2"; `},
		{[]string{"a\nb"}, `there is no command "a\nb"; `},
		{[]string{""}, `there is no command ""; `},
	} {
		out, open, err := read(map[string]string{"DISPLAY": ":0"}, test.args...)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") || out != "" || open {
			t.Errorf("%q: %q, window %v, error %v, want %s", test.args, out, open, err, test.want)
		}
	}
}

func TestTheWindowNeedsADisplay(t *testing.T) {
	session := t.TempDir()
	if err := os.WriteFile(filepath.Join(session, "wayland-0"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, env := range []map[string]string{
		{"DISPLAY": ":0"},
		{"WAYLAND_DISPLAY": "wayland-0"},
		{"WAYLAND_SOCKET": "3"},
		{"XDG_RUNTIME_DIR": session},
		{"XDG_RUNTIME_DIR": t.TempDir(), "none": ""},
		{"none": ""},
	} {
		out, open, err := read(env)
		_, none := env["none"]
		if bad := needsDisplay && none; !open || out != "" || (err != nil) != bad {
			t.Errorf("%v: %q, window %v, error %v", env, out, open, err)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), "there is no display") || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%v: not a sentence: %v", env, err)
		}
	}
}

func TestHowTheWindowIsWanted(t *testing.T) {
	for args, want := range map[string]Window{
		"":                     {},
		"--fullscreen":         {Fullscreen: true},
		"--kiosk":              {Fullscreen: true, Kiosk: true},
		"--kiosk --fullscreen": {Fullscreen: true, Kiosk: true},
		"--fullscreen --kiosk": {Fullscreen: true, Kiosk: true},
		"--view Door":          {View: "Door"},
		"--view Door --kiosk":  {Fullscreen: true, Kiosk: true, View: "Door"},
		"--kiosk --view=Door":  {Fullscreen: true, Kiosk: true, View: "Door"},
		"--view=--kiosk":       {View: "--kiosk"},
		"--view a --view b":    {View: "b"},
	} {
		open, got, err := Read(strings.Fields(args), func(string) string { return ":0" }, "1.2.3", &bytes.Buffer{})
		if !open || got != want || err != nil {
			t.Errorf("%q: window %v as %+v, error %v", args, open, got, err)
		}
		if again := View(strings.Fields(args)); again != want.View {
			t.Errorf("%q, a second start: %q", args, again)
		}
	}
}
