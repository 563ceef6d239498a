//go:build !linux

package process

import (
	"os"
	"os/exec"
)

// group is a program alone.
type group struct{ program *exec.Cmd }

func newGroup() *group { return &group{} }

func (g *group) take(program *exec.Cmd) { g.program = program }

func (g *group) signal(s os.Signal) {
	if g.program.Process != nil {
		_ = g.program.Process.Signal(s)
	}
}

func (g *group) end() {}

func growPipe(*os.File) {}
