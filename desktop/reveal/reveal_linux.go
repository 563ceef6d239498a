package reveal

import (
	"os/exec"
	"path/filepath"
	"syscall"
)

// command opens the folder: only some file managers can select a file.
func command(path string) *exec.Cmd { return run("xdg-open", filepath.Dir(path)) }

// detach keeps Ctrl-C in the app's terminal from it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
