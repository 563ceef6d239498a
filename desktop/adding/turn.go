package adding

import (
	"context"
	"sync"
)

// turn lets one address be tried at a time: many cameras serve a single viewer.
type turn struct {
	taken chan struct{} // has one while an address is tried

	mu      sync.Mutex
	next    int
	cancels map[int]context.CancelFunc // of what is being tried, and of those that wait
}

func newTurn() *turn {
	return &turn{taken: make(chan struct{}, 1), cancels: map[int]context.CancelFunc{}}
}

// take ends what is being tried and waits for that. Nothing else is tried until leave
// is called; ctx ends when the next one wants to.
func (t *turn) take(parent context.Context) (ctx context.Context, leave func()) {
	ctx, cancel := context.WithCancel(parent)
	number := t.replace(cancel)
	t.taken <- struct{}{}
	return ctx, func() {
		t.mu.Lock()
		delete(t.cancels, number)
		t.mu.Unlock()
		cancel()
		<-t.taken
	}
}

// replace ends all others.
func (t *turn) replace(by context.CancelFunc) (number int) {
	t.end()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next++
	t.cancels[t.next] = by
	return t.next
}

// end ends what is being tried, and those that wait for it.
func (t *turn) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, cancel := range t.cancels {
		cancel()
	}
}
