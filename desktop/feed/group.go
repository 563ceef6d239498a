package feed

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	dialSlots = 8
	// slotHold is the longest a dial keeps others waiting: eight dead addresses
	// must not hold up the living ones for their whole time-out.
	slotHold = 250 * time.Millisecond
)

// Group is what the feeds of one app share: slots, so that not everybody dials
// in the same instant, the number of those that fail, and what their pictures may
// take.
type Group struct {
	slots   chan struct{}
	failing atomic.Int32
	budget  *budget
	scalers *scalers
}

// NewGroup makes an empty Group. spare may be nil: then pictures are made smaller only
// where there is no room for them.
func NewGroup(limits Limits, spare Spare) *Group {
	return &Group{slots: make(chan struct{}, dialSlots), budget: newBudget(limits), scalers: newScalers(spare)}
}

// Failing returns how many feeds are failing.
func (g *Group) Failing() int { return int(g.failing.Load()) }

// enter waits for a slot. The caller must call leave; the slot is free again by
// then or after slotHold, whichever comes first.
func (g *Group) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var done atomic.Bool
	free := func() {
		if done.CompareAndSwap(false, true) {
			<-g.slots
		}
	}
	t := time.AfterFunc(slotHold, free)
	return func() { t.Stop(); free() }, nil
}
