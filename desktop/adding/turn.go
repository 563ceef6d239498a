package adding

import (
	"context"
	"sync"
)

// turn lets one address be tried at a time: many cameras serve a single viewer.
type turn struct {
	taken chan struct{} // has one while an address is tried

	mu  sync.Mutex
	end context.CancelFunc // ends the newest; all before it have been ended
}

func newTurn() *turn {
	return &turn{taken: make(chan struct{}, 1), end: func() {}}
}

// take ends what is being tried and waits for that. Nothing else is tried until leave
// is called; ctx ends when the next one wants to.
func (t *turn) take(parent context.Context) (ctx context.Context, leave func()) {
	ctx, cancel := context.WithCancel(parent)
	t.replace(cancel)
	t.taken <- struct{}{}
	return ctx, func() {
		cancel()
		<-t.taken
	}
}

// cancel ends what is being tried, and those that wait for it.
func (t *turn) cancel() { t.replace(func() {}) }

func (t *turn) replace(newest context.CancelFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end()
	t.end = newest
}
