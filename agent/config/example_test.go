package config

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// loadFile loads a configuration file with these contents.
func loadFile(t *testing.T, contents string) (Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "agent.toml")
	if err := os.WriteFile(file, []byte(contents), 0o600); err != nil {
		t.Fatal(err)
	}
	return newLoader(t, "--config", file).Load(nil)
}

func newLoader(t *testing.T, args ...string) *Loader {
	t.Helper()
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	l := NewLoader(fs, sources())
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return l
}

// TestExampleSetsNothing: the file that the package installs is what no file is.
func TestExampleSetsNothing(t *testing.T) {
	example := newLoader(t).Example()
	for line := range strings.Lines(example) {
		if line != "\n" && !strings.HasPrefix(line, "#") {
			t.Errorf("a line has an effect: %q", line)
		}
		if len(line) > 80 {
			t.Errorf("a line is too long: %q", line)
		}
	}
	if _, err := loadFile(t, example); err != nil {
		t.Error(err)
	}
}

// TestExampleIsRight: each line of it can be used as it stands, and no setting
// is missing.
func TestExampleIsRight(t *testing.T) {
	l := newLoader(t)
	settings := regexp.MustCompile(`(?m)^#([a-z-]+ = .*)`).FindAllString(l.Example(), -1)
	for _, name := range l.names() {
		if name != "config" && !strings.Contains(l.Example(), "\n#"+name+" = ") {
			t.Errorf("%s is missing", name)
		}
	}
	for _, line := range settings {
		if _, err := loadFile(t, strings.TrimPrefix(line, "#")+"\n"); err != nil {
			t.Error(err)
		}
	}
	_, table, _ := strings.Cut(l.Example(), "#[cameras")
	table = string(bytes.ReplaceAll([]byte("#[cameras"+table), []byte("#"), nil))
	if cfg, err := loadFile(t, table); err != nil || cfg.For("imx708").Name != "Bird house" {
		t.Errorf("%+v, %v", cfg.For("imx708"), err)
	}
}
