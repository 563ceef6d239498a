package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"
)

const (
	// stopGrace is how long a capture program may take to end by itself when it
	// is restarted; exitGrace when the agent ends.
	stopGrace = 2 * time.Second
	exitGrace = time.Second
	// killGrace is how long the kernel may take to end a killed program. One
	// that hangs in a driver, or belongs to root, does not end at all.
	killGrace = 500 * time.Millisecond
	// eofGrace is how long stdout is read on after the program has ended: a
	// grandchild may hold it open for ever.
	eofGrace = 200 * time.Millisecond
	// pipeSize lets a program write a large frame in one go.
	pipeSize = 1 << 20
)

// process is a running capture program. Its owner reads stdout until EOF.
type process struct {
	stdout io.ReadCloser
	done   chan struct{} // closed when the program has ended and was reaped
	err    error         // how it ended; valid after done
	signal func(os.Signal)
}

// starter starts a program; tests replace it.
type starter func(argv []string, stderr io.Writer) (*process, error)

// startProcess runs argv, never through a shell, in a process group of its own
// that does not outlive the agent.
func startProcess(argv []string, stderr io.Writer) (*process, error) {
	return startIn(newGroup(), argv, stderr)
}

func startIn(g *group, argv []string, stderr io.Writer) (*process, error) {
	r, w, err := os.Pipe()
	if err != nil {
		g.end()
		return nil, fmt.Errorf("no pipe for the capture program: %w", err)
	}
	growPipe(w)
	cmd := exec.Command(argv[0], argv[1:]...) //nolint:noctx // ends by SIGINT while drained, not by a context's SIGKILL
	cmd.Stdout, cmd.Stderr = w, stderr
	cmd.WaitDelay = eofGrace
	g.take(cmd)
	p := &process{stdout: r, done: make(chan struct{}), signal: g.signal}

	started := make(chan error)
	go func() {
		// The death signal is tied to the thread that started the child: it
		// has to live until the child was reaped.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		_ = w.Close()
		if err != nil {
			g.end()
			started <- err
			return
		}
		started <- nil
		err = cmd.Wait()
		if errors.Is(err, exec.ErrWaitDelay) {
			err = nil
		}
		p.err = err
		g.end() // with what the child left behind
		_ = r.SetReadDeadline(time.Now().Add(eofGrace))
		close(p.done)
	}()
	if err := <-started; err != nil {
		_ = r.Close()
		return nil, err
	}
	return p, nil
}

// stop asks the program to end and kills it after grace. Its stdout must be
// read meanwhile: rpicam-vid ends only while somebody drains it. ended is false
// when not even that has ended it; then its stdout is closed to the reader.
func (p *process) stop(grace time.Duration) (ended bool) {
	if p.endsWithin(0) {
		return true
	}
	p.signal(os.Interrupt)
	if p.endsWithin(grace) {
		return true
	}
	p.signal(os.Kill)
	if p.endsWithin(killGrace) {
		return true
	}
	_ = p.stdout.Close()
	return false
}

func (p *process) endsWithin(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
	}
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}
