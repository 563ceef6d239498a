package headroom

import (
	"os"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// searchEvery is after how many measurements processes are searched for again: that
// reads all of the machine's.
const searchEvery = 10

// family is a process and all that it started, and what those did.
type family struct {
	all  []*process.Process
	next int // measurements until they are searched for
}

// Own returns a function that says how much processor time this process has taken so
// far, with all that it started and that still runs: on Linux and Windows the page is
// among them. It is not safe for concurrent use.
func Own() func() (time.Duration, error) { return new(family).used }

func (f *family) used() (time.Duration, error) {
	if f.next--; f.next < 0 {
		if err := f.search(); err != nil {
			return 0, err
		}
		f.next = searchEvery - 1
	}
	sum := 0.0
	for i, p := range f.all {
		times, err := p.Times()
		if err != nil && i == 0 {
			return 0, err
		}
		if err == nil { // else it has ended
			sum += times.User + times.System
		}
	}
	return time.Duration(sum * float64(time.Second)), nil
}

func (f *family) search() error {
	self, err := process.NewProcess(int32(os.Getpid())) //nolint:gosec // it fits everywhere
	if err != nil {
		return err
	}
	f.all = []*process.Process{self}
	for i := 0; i < len(f.all); i++ {
		if children, err := f.all[i].Children(); err == nil { // else it has none, or has ended
			f.all = append(f.all, children...)
		}
	}
	return nil
}
