package headroom

import (
	"time"

	"golang.org/x/sys/unix"
)

// stopwatch begins to count the processor time that this thread takes.
func stopwatch() (taken func() time.Duration) {
	begin := threadTime()
	return func() time.Duration { return threadTime() - begin }
}

// threadTime is how much it has taken so far.
func threadTime() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) // every Linux has it
	return time.Duration(t.Nano())
}
