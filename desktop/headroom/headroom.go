// Package headroom says whether the app has processor time to spare for what makes
// pictures cheaper to show, but costs some itself.
package headroom

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// limit is the share of all processors that the app and its page may use for there
	// to be some to spare,
	limit = 0.6
	// settled and how long they must use less, or more.
	settled = 5 * time.Second
	// rest is how long nothing is spared at least after there was too little.
	rest = 30 * time.Second
	// every is how often it is measured.
	every = time.Second
)

// Meter measures what the app and its page use. It is safe for concurrent use.
type Meter struct {
	processors int
	used       func() (time.Duration, error)
	spare      atomic.Bool
	spent      atomic.Int64 // nanoseconds

	// Only Run knows these.
	last  sample
	since time.Time // it could be another way, zero when it could not
	again time.Time // not to be spared before
}

// sample is one measurement.
type sample struct {
	at          time.Time // zero for none
	used, spent time.Duration
}

// New returns a Meter on a machine with so many processors. used returns how much time
// of them the app and its page have taken so far. There is nothing to spare at first.
func New(processors int, used func() (time.Duration, error)) *Meter {
	return &Meter{processors: max(1, processors), used: used}
}

// Run measures until ctx ends.
func (m *Meter) Run(ctx context.Context) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			m.measure(time.Now())
		case <-ctx.Done():
			return
		}
	}
}

// Spare reports whether there is time to spare.
func (m *Meter) Spare() bool { return m.spare.Load() }

// Spend runs do and notes the processor time that it takes in this goroutine, as spent
// because there was some to spare.
func (m *Meter) Spend(do func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	taken := stopwatch()
	do()
	m.spent.Add(int64(taken()))
}

// measure looks at what was used since the last time. What nobody knows is not spared.
func (m *Meter) measure(now time.Time) {
	used, err := m.used()
	if err != nil {
		m.last, m.since = sample{}, time.Time{}
		m.spare.Store(false)
		return
	}
	before := m.last
	m.last = sample{now, used, time.Duration(m.spent.Load())}
	wall := now.Sub(before.at) * time.Duration(m.processors)
	if before.at.IsZero() || used < before.used || wall <= 0 { // a process has ended
		return
	}
	m.judge(float64(used-before.used)/float64(wall), float64(m.last.spent-before.spent)/float64(wall), now)
}

// judge changes its mind when it could be another way for long enough.
func (m *Meter) judge(share, own float64, now time.Time) {
	spare := m.spare.Load()
	if !other(share, own, spare) {
		m.since = time.Time{}
		return
	}
	if m.since.IsZero() {
		m.since = now.Add(-every)
	}
	if now.Sub(m.since) < settled || now.Before(m.again) {
		return
	}
	m.since = time.Time{}
	if spare {
		m.again = now.Add(rest)
	}
	m.spare.Store(!spare)
}

// other reports whether these shares speak against what is so now. What was spent is no
// reason to spare less: it would end, and begin again, for ever.
func other(share, own float64, spare bool) bool {
	if spare {
		return share-own >= limit
	}
	return share < limit
}
