package process

import (
	"os"
	"os/exec"
	"syscall"
)

// keeping is what a keeper does: it waits until its standard input ends and then
// kills the group it belongs to, itself too. What asks a group to end is not
// meant for it.
const keeping = `trap "" HUP INT QUIT TERM; read -r _; kill -KILL 0`

// group is the process group of a program and of what it starts. A small shell,
// the keeper, leads it and kills it when the agent dies, even by SIGKILL: only
// the agent holds the writing end of the pipe that the keeper reads, and the
// kernel closes it. As a member the keeper needs no process's number, which could
// be another one's by then; while it is there, the group's is nobody else's. Who
// leaves the group can outlive a killed agent: of `timeout 9 program` the kernel
// kills timeout, and the program goes on in the group that timeout has made.
type group struct {
	keeper  *exec.Cmd // nil where there is no shell: then the program leads
	alive   *os.File
	program *exec.Cmd
}

// newGroup starts the keeper of a group that has no program yet.
func newGroup() *group {
	r, w, err := os.Pipe()
	if err != nil {
		return &group{}
	}
	defer r.Close()
	keeper := exec.Command("/bin/sh", "-c", keeping, "pigrid-keeper") //nolint:noctx // ends with the group
	keeper.Env, keeper.Dir, keeper.Stdin = []string{}, "/", r
	keeper.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if keeper.Start() != nil {
		_ = w.Close()
		return &group{}
	}
	return &group{keeper: keeper, alive: w}
}

// take makes a program that is not started yet a member. A group of its own
// keeps a terminal's Ctrl-C from it, so that the agent ends it in order. The
// kernel kills it when the agent dies, with or without a keeper.
func (g *group) take(program *exec.Cmd) {
	g.program = program
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if g.keeper != nil {
		program.SysProcAttr.Pgid = g.keeper.Process.Pid
	}
}

// signal reaches the program, if it was started, and helpers it has started. A
// program that makes a group of its own, as timeout(1) does, leads that one.
func (g *group) signal(s os.Signal) {
	sig, ok := s.(syscall.Signal)
	if !ok {
		return
	}
	for _, leader := range []*exec.Cmd{g.keeper, g.program} {
		if leader != nil && leader.Process != nil {
			_ = syscall.Kill(-leader.Process.Pid, sig)
		}
	}
}

// end kills what is left of the group after its program.
func (g *group) end() {
	g.signal(syscall.SIGKILL)
	if g.keeper != nil {
		_ = g.keeper.Wait()
		_ = g.alive.Close()
	}
}
