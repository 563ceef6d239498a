package process

import (
	"context"
	"io"
	"os/exec"
	"runtime"
	"time"
)

// Find returns the path of the first of the programs that is installed, "" when
// none is.
func Find(names ...string) string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Output runs a program that ends by itself and returns what it writes; it gives
// up with ctx even when the program cannot be killed. ended is closed when it has
// ended after all.
func Output(ctx context.Context, said io.Writer, argv ...string) (out []byte, ended <-chan struct{}, err error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = eofGrace
	cmd.Stderr = said
	return outputWithin(ctx, cmd)
}

// outputWithin is Output for a command. The program runs from a thread that lives until it was reaped: the kernel ties its death
// signal to that thread.
func outputWithin(ctx context.Context, cmd *exec.Cmd) (out []byte, ended <-chan struct{}, err error) {
	var all []byte
	var end error
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		g := newGroup()
		defer g.end()
		g.take(cmd)
		all, end = cmd.Output()
	}()
	select {
	case <-done:
		return all, done, end
	case <-ctx.Done():
	}
	timer := time.NewTimer(killGrace)
	defer timer.Stop()
	select {
	case <-done:
		return all, done, end
	case <-timer.C:
		return nil, done, ctx.Err()
	}
}
