//go:build !linux

package headroom

import "time"

// stopwatch begins to count the time that passes, which is more than this thread takes
// where others use the processor.
func stopwatch() (taken func() time.Duration) {
	begin := time.Now()
	return func() time.Duration { return time.Since(begin) }
}
