package packaging

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWorkflows: what a public forge would run, and nobody here does, names what
// there is. The grammar is actionlint's in `make check`.
func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) < 2 {
		t.Fatalf("workflows: %v, %v", files, err)
	}
	makefile := text(t, "../../Makefile")
	installer := text(t, "../../desktop/packaging/windows/pigrid.nsi")
	for _, file := range files {
		workflow := text(t, file)
		if !strings.Contains(workflow, "\npermissions:\n  contents: read\n") {
			t.Errorf("%s: its jobs may do more than read, unless they say so themselves", file)
		}
		for _, use := range regexp.MustCompile(`uses: .*`).FindAllString(workflow, -1) {
			if !regexp.MustCompile(`^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`).MatchString(use) {
				t.Errorf("%s: %q is not pinned to a commit", file, use)
			}
		}
		for _, run := range regexp.MustCompile(`run: make (\S+)`).FindAllStringSubmatch(workflow, -1) {
			if !strings.Contains(makefile, "\n"+run[1]+": ") {
				t.Errorf("%s: there is no make %s", file, run[1])
			}
		}
		for _, rule := range regexp.MustCompile(`show rule name="(.*)"`).FindAllStringSubmatch(workflow, -1) {
			if !strings.Contains(installer, `!define RULE "`+rule[1]+`"`) {
				t.Errorf("%s: the installer has no rule %q", file, rule[1])
			}
		}
	}
}

func text(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
