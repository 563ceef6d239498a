package adding

import (
	"context"
	"sync"
)

// turn lets one address be tried at a time: many cameras serve a single viewer. The
// zero value is ready.
type turn struct {
	taken sync.Mutex // held while an address is tried

	mu     sync.Mutex
	cancel context.CancelFunc // ends what is being tried
}

// take ends what is being tried and waits for that. Nothing else is tried until leave
// is called; ctx ends when the next one wants to.
func (t *turn) take(parent context.Context) (ctx context.Context, leave func()) {
	t.end()
	t.taken.Lock()
	ctx, cancel := context.WithCancel(parent)
	t.mu.Lock()
	t.cancel = cancel
	t.mu.Unlock()
	return ctx, func() {
		t.mu.Lock()
		t.cancel = nil
		t.mu.Unlock()
		cancel()
		t.taken.Unlock()
	}
}

// end ends what is being tried.
func (t *turn) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel != nil {
		t.cancel()
	}
}
