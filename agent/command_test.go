package main

import (
	"bytes"
	"strings"
	"testing"
)

// run executes a command line that ends by itself.
func run(t *testing.T, env []string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, log bytes.Buffer
	err = execute(t.Context(), args, env, &out, &log)
	return out.String(), log.String(), err
}

func TestVersion(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--version"}, {"-v"}} {
		if out, log, err := run(t, nil, args...); out != "pigrid-agent "+version+"\n" || log != "" || err != nil {
			t.Errorf("%v: %q, %q, error %v", args, out, log, err)
		}
	}
}

// TestHelp: it fits a terminal of 24 lines, whatever command it is asked of, and
// leads to the rest.
func TestHelp(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"-h"}, {"help"}, {"run", "--help"}, {"version", "--help"}, {"status", "--help"}, {"help", "run"}} {
		out, log, err := run(t, nil, args...)
		if err != nil || log != "" {
			t.Fatalf("%v: %q, error %v", args, log, err)
		}
		last := -1
		for _, part := range []string{"Usage:\n  pigrid-agent [run] [flags]", "pigrid-agent status", "pigrid-agent version", "pigrid-agent help flags", "Flags", "--source source ", "--width pixels ", "--name text "} {
			at := strings.Index(out, part)
			if at <= last {
				t.Errorf("%v: %q is missing or too early", args, part)
			}
			last = at
		}
		if lines := strings.Count(out, "\n"); lines > 23 { // the prompt needs one
			t.Errorf("%v: %d lines", args, lines)
		}
		fits(t, out)
	}
}

// TestHelpFlags: every flag, in the order of their importance, with its default
// once.
func TestHelpFlags(t *testing.T) {
	out, log, err := run(t, nil, "help", "flags")
	if err != nil || log != "" {
		t.Fatalf("%q, error %v", log, err)
	}
	last := -1
	for _, part := range []string{"PIGRID_MAX_VIEWERS", "Flags:", "--listen address ", "--source source ", "--width pixels ", "--log-format format ", "--config file "} {
		at := strings.Index(out, part)
		if at <= last {
			t.Errorf("%q is missing or too early", part)
		}
		last = at
	}
	for _, flag := range strings.Split(out, "      --")[1:] {
		if strings.Count(flag, "(default") > 1 {
			t.Errorf("two defaults: --%s", flag)
		}
	}
	fits(t, out)
}

func TestHelpFile(t *testing.T) {
	out, log, err := run(t, nil, "help", "file")
	if err != nil || log != "" || !strings.Contains(out, "#max-viewers = 64\n") {
		t.Errorf("%q, %q, error %v", out, log, err)
	}
	fits(t, out)
}

func fits(t *testing.T, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		if len(line) > helpWidth+1 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
}

func TestMistakes(t *testing.T) {
	busy := occupy(t)
	for _, test := range []struct {
		args []string
		env  string
		want string
	}{
		{[]string{"rum"}, "", `there is no command "rum"; did you mean run?`},
		{[]string{"zzzz"}, "", "pigrid-agent --help lists all commands"},
		{[]string{"help", "zzzz"}, "", `there is no command "zzzz"`},
		{[]string{"run", "zzzz"}, "", `there is no command "zzzz"`},
		{[]string{"--mdns", "false"}, "", "like this: --mdns=false"},
		{[]string{"--camera", "0", "1"}, "", `there is no command "1"; `},
		{[]string{"-version"}, "", `there is no flag "-version"; did you mean --version, with two dashes?`},
		{[]string{"-help"}, "", `there is no flag "-help"; did you mean --help, with two dashes?`},
		{[]string{"-height", "3"}, "", `there is no flag "-height"; did you mean --height, with two dashes?`},
		{[]string{"-height=3"}, "", `there is no flag "-height"; did you mean --height, with two dashes?`},
		{[]string{"-hx"}, "", `there is no flag "-x"; `},
		{[]string{"--widht", "3"}, "", "did you mean --width?"},
		{[]string{"run", "--width", "x"}, "", `--width "x" is invalid: it must be a whole number`},
		{nil, "PIGRID_WIDTH=x", `PIGRID_WIDTH="x" is invalid`},
		{[]string{"--state-dir", "/proc/none"}, "", "set --state-dir to a folder"},
		{[]string{"--listen", busy, "--state-dir", t.TempDir()}, "", "another program listens on " + busy},
		{[]string{"--state-dir", t.TempDir()}, "PIGRID_LISTEN=" + busy, "another program listens on " + busy},
	} {
		out, log, err := run(t, []string{test.env}, test.args...)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: error %v, want %s", test.args, err, test.want)
		}
		if log != "" || out != "" {
			t.Errorf("%v: printed %q, logged %q", test.args, out, log)
		}
	}
}
