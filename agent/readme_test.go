package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"pigrid/agent/config"
)

var update = flag.Bool("update", false, "write README's table of settings")

// TestReadmeHasEverySetting: its table is the one that flags, environment and file
// come from.
func TestReadmeHasEverySetting(t *testing.T) {
	const readme, first, after = "../README.md", "| flag | default |", "\nIn the file, a table"
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	begin, end := strings.Index(text, first), strings.Index(text, after)
	if begin < 0 || end < begin {
		t.Fatalf("there is no table between %q and %q", first, after)
	}
	want := config.NewLoader(pflag.NewFlagSet("", pflag.ContinueOnError), values(sources())).Table()
	if got := text[begin:end]; got != want {
		if *update {
			err = os.WriteFile(readme, []byte(text[:begin]+want+text[end:]), 0o644) //nolint:gosec // everybody may read it
		}
		t.Errorf("README's table of settings was another one; go test ./agent -run TestReadme -update writes it. Error %v; want\n%s", err, want)
	}
}
