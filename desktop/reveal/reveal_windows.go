package reveal

import (
	"os/exec"
	"syscall"
)

func command(path string) *exec.Cmd {
	cmd := run("explorer.exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: commandLine(path)}
	return cmd
}

// commandLine is as Explorer reads it, which is not as other programs do. No file name
// has quotes in it.
func commandLine(path string) string { return `explorer.exe /select,"` + path + `"` }

func detach(*exec.Cmd) {}
