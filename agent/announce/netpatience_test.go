package announce

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// busy is how many times as long as on a quiet machine things may take here: how
// many programs wanted a core, for each core, over the last minute (proc(5)).
func busy() float64 {
	var load float64
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		_, _ = fmt.Sscan(string(text), &load)
	}
	return max(1, load/float64(runtime.NumCPU()))
}

// allowed is what a quiet machine's limit is on this one.
func allowed(limit time.Duration) time.Duration { return time.Duration(busy() * float64(limit)) }

// patience is a limit that began.
type patience struct {
	begin time.Time
	limit time.Duration
}

func within(limit time.Duration) patience { return patience{time.Now(), limit} }

// left is how long is still to be waited; the machine may have become busy since
// the beginning.
func (p patience) left() time.Duration { return allowed(p.limit) - time.Since(p.begin) }
