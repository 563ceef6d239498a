package reveal

import (
	"os/exec"
	"syscall"
)

func command(path string) *exec.Cmd { return run("open", "-R", path) }

// detach keeps Ctrl-C in the app's terminal from it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
