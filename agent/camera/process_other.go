//go:build !linux

package camera

import (
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

func signalGroup(p *os.Process, s os.Signal) { _ = p.Signal(s) }

func killGroup(*os.Process) {}

func growPipe(*os.File) {}
