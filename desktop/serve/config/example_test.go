package config

import (
	"regexp"
	"strings"
	"testing"
)

// TestExample: the file that the package installs sets nothing, and each line of it can
// be used as it stands.
func TestExample(t *testing.T) {
	standing, err := load(t, "", "", Example())
	without, _ := load(t, "", "", "")
	if err != nil || standing.Listen != without.Listen || standing.MaxViewers != without.MaxViewers {
		t.Errorf("%+v, %v", standing, err)
	}
	settings := regexp.MustCompile(`(?m)^#([a-z-]+ = .*)`).FindAllStringSubmatch(Example(), -1)
	if len(settings) != len(options)-1 { // all but --config
		t.Errorf("%d settings of %d", len(settings), len(options))
	}
	for _, s := range settings {
		beside := ""
		if strings.HasPrefix(s[1], "user-header") { // which needs another one
			beside = "PIGRID_SERVE_TRUST_PROXY=127.0.0.1"
		}
		if _, err := load(t, "", beside, s[1]); err != nil {
			t.Errorf("%s: %v", s[1], err)
		}
	}
	for line := range strings.Lines(Example()) {
		if len(line) > 80 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
}
