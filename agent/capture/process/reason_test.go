package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pigrid/shared/api"
)

func TestExplainStart(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct {
		program string
		text    string // of the file
		mode    os.FileMode
		code    api.Code
		hint    string
	}{
		"no program of this name": {"nosuch-program", "", 0, api.CodeProgramMissing, "correct the command of --source"},
		"no file at this path":    {filepath.Join(dir, "none"), "", 0, api.CodeProgramMissing, "correct the command of --source"},
		"may not be executed":     {filepath.Join(dir, "text"), "#!/bin/sh\n", 0o600, api.CodeCrashed, "may be executed"},
		"nothing to run it by":    {filepath.Join(dir, "script"), "#!/not/there\n", 0o700, api.CodeCrashed, "its first line"},
	} {
		if test.mode != 0 {
			if err := os.WriteFile(test.program, []byte(test.text), test.mode); err != nil {
				t.Fatal(err)
			}
		}
		err := exec.CommandContext(t.Context(), test.program).Start()
		if err == nil {
			t.Fatalf("%s: it was started", name)
		}
		if p := explainStart(test.program, err); p.Code != test.code || !strings.Contains(p.Hint, test.hint) || !strings.Contains(p.Message, test.program) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
