package e2e

import (
	order "encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// clock is what one agent takes for the time. It starts as the real one.
type clock struct {
	mu    sync.Mutex
	real  time.Duration // the real monotonic clock when it last changed its speed
	mono  time.Duration // what the agent took for it then
	speed time.Duration // 1 for real time
	wall  time.Duration // since 1970, when mono was 0
}

func newClock() *clock {
	now := monotonic()
	return &clock{real: now, mono: now, speed: 1, wall: time.Duration(time.Now().UnixNano()) - now}
}

// monotonic is the real one, as of clock_gettime(2).
func monotonic() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
	return time.Duration(ts.Nano())
}

// setWall sets the time of day, as NTP does: at once.
func (c *clock) setWall(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall = time.Duration(to.UnixNano()) - c.monotonic()
}

// setSpeed lets time pass so many times faster than it does.
func (c *clock) setSpeed(times time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mono, c.real, c.speed = c.monotonic(), monotonic(), times
}

// monotonic is the agent's; mu is held.
func (c *clock) monotonic() time.Duration { return c.mono + (monotonic()-c.real)*c.speed }

// read is what a clock of clock_gettime(2) says to the agent.
func (c *clock) read(id uint64) (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch id {
	case unix.CLOCK_REALTIME, unix.CLOCK_REALTIME_COARSE:
		return c.monotonic() + c.wall, true
	case unix.CLOCK_MONOTONIC, unix.CLOCK_MONOTONIC_RAW, unix.CLOCK_MONOTONIC_COARSE, unix.CLOCK_BOOTTIME:
		return c.monotonic(), true
	}
	return 0, false
}

// shorten is how long a wait of the agent's takes in real time.
func (c *clock) shorten(wait time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return wait / c.speed
}

// startWithClock is [start] of an agent whose clocks are the test's: a ptrace(2) of
// all its threads answers for the kernel. A program that it starts has the real ones.
func startWithClock(t *testing.T, c *clock, env []string, args ...string) *agent {
	t.Helper()
	return startBy(t, "127.0.0.1:0", env, args, func(cmd *exec.Cmd) (wait func() error, err error) {
		started, ended := make(chan error), make(chan error, 1)
		go func() {
			runtime.LockOSThread() // who traces is a thread
			tr := tracer{clock: c, pending: map[int]syscall.PtraceRegs{}}
			err := tr.start(cmd)
			started <- err
			if err == nil {
				ended <- tr.run()
			}
		}()
		return func() error {
			err := <-ended
			_ = cmd.Wait() // the tracer has waited; this closes the pipes
			return err
		}, <-started
	})
}

// tracer stops all threads of an agent at each system call.
type tracer struct {
	clock   *clock
	pid     int
	memory  *os.File                   // the agent's
	pending map[int]syscall.PtraceRegs // by thread: the call that it is in
}

// start starts the agent up to its first instruction.
func (tr *tracer) start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true} // a group of its own; see run
	if err := cmd.Start(); err != nil {
		return err
	}
	tr.pid = cmd.Process.Pid
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(tr.pid, &status, 0, nil); err != nil || !status.Stopped() {
		return fmt.Errorf("it does not stop at its start: %v, %w", status, err)
	}
	var err error
	if tr.memory, err = os.OpenFile(fmt.Sprintf("/proc/%d/mem", tr.pid), os.O_RDWR, 0); err != nil {
		return err
	}
	if err := tr.hideVDSO(); err != nil {
		return err
	}
	if err := syscall.PtraceSetOptions(tr.pid, syscall.PTRACE_O_TRACECLONE|syscall.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_EXITKILL); err != nil {
		return err
	}
	return syscall.PtraceSyscall(tr.pid, 0)
}

// hideVDSO takes the vDSO, which tells the time without a system call, from what
// the kernel tells a new program: behind arguments and environment on the stack.
func (tr *tracer) hideVDSO() error {
	var regs syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(tr.pid, &regs); err != nil {
		return err
	}
	at := int64(regs.Rsp) + 8 // after the number of arguments
	word := func() (uint64, error) {
		var b [8]byte
		_, err := tr.memory.ReadAt(b[:], at)
		at += 8
		return order.LittleEndian.Uint64(b[:]), err
	}
	for range 2 {
		for {
			w, err := word()
			if err != nil {
				return err
			}
			if w == 0 {
				break
			}
		}
	}
	const end, ignore, vdso = 0, 1, 33 // AT_NULL, AT_IGNORE, AT_SYSINFO_EHDR
	for {
		key, err := word()
		if err != nil || key == end {
			return fmt.Errorf("no vDSO, %w", err)
		}
		if key == vdso {
			_, err := tr.memory.WriteAt(order.LittleEndian.AppendUint64(nil, ignore), at-8)
			return err
		}
		at += 8
	}
}

// run answers system calls until the agent ends.
func (tr *tracer) run() error {
	defer tr.memory.Close()
	for {
		var status syscall.WaitStatus
		// Only the agent's group: other tests may have started programs on this thread
		// before, and wait for them.
		thread, err := syscall.Wait4(-tr.pid, &status, syscall.WALL|unix.WNOTHREAD, nil)
		if err != nil {
			return err
		}
		if status.Exited() || status.Signaled() {
			delete(tr.pending, thread)
			if thread != tr.pid {
				continue
			}
			if status.ExitStatus() != 0 {
				return fmt.Errorf("exit status %d, signal %v", status.ExitStatus(), status.Signal())
			}
			return nil
		}
		signal := 0
		switch stop := status.StopSignal(); stop {
		case syscall.SIGTRAP | 0x80:
			tr.call(thread)
		case syscall.SIGTRAP, syscall.SIGSTOP: // a new thread
		default:
			signal = int(stop)
		}
		_ = syscall.PtraceSyscall(thread, signal) // one that was killed meanwhile is no matter
	}
}

// call is at the begin or the end of a system call.
func (tr *tracer) call(thread int) {
	if begun, in := tr.pending[thread]; in {
		delete(tr.pending, thread)
		if begun.Orig_rax == unix.SYS_CLOCK_GETTIME {
			if now, known := tr.clock.read(begun.Rdi); known {
				tr.write(begun.Rsi, now)
			}
		}
		return
	}
	var regs syscall.PtraceRegs
	if syscall.PtraceGetRegs(thread, &regs) != nil {
		return // killed
	}
	tr.pending[thread] = regs
	switch {
	case regs.Orig_rax == unix.SYS_EPOLL_PWAIT && int32(regs.R10) > 0:
		wait := tr.clock.shorten(time.Duration(regs.R10) * time.Millisecond)
		regs.R10 = uint64(max(wait.Milliseconds(), 1))
		_ = syscall.PtraceSetRegs(thread, &regs)
	case regs.Orig_rax == unix.SYS_FUTEX && regs.R10 != 0 && regs.Rsi&0x7f == 0: // FUTEX_WAIT
		var b [16]byte
		if _, err := tr.memory.ReadAt(b[:], int64(regs.R10)); err == nil {
			wait := time.Duration(order.LittleEndian.Uint64(b[:]))*time.Second + time.Duration(order.LittleEndian.Uint64(b[8:]))
			tr.write(regs.R10, tr.clock.shorten(wait))
		}
	}
}

// write writes a timespec.
func (tr *tracer) write(to uint64, d time.Duration) {
	b := order.LittleEndian.AppendUint64(nil, uint64(d/time.Second))
	b = order.LittleEndian.AppendUint64(b, uint64(d%time.Second))
	_, _ = tr.memory.WriteAt(b, int64(to))
}
