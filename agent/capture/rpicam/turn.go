package rpicam

import (
	"context"
	"sync"
	"time"
)

// acquireTime is how long a start may keep lists waiting when the program does
// not say that it has the camera.
const acquireTime = 5 * time.Second

// turns keep the agent out of its own way: --list-cameras takes every camera in
// turn to ask it for its modes, and a start meanwhile would find its camera used
// by another program. Starts run beside each other, a list runs alone.
type turns struct {
	mu      sync.Mutex
	starts  int           // that take their camera now
	lists   int           // that run or wait; starts wait behind them
	running bool          // a list runs
	changed chan struct{} // closed when one of these changed; nil while nobody waits
}

// start waits for lists to end. done must be called when the program has its
// camera or has ended; more calls do nothing.
func (t *turns) start(ctx context.Context) (done func(), err error) {
	err = t.wait(ctx, func() bool { return t.lists == 0 }, func() { t.starts++ })
	if err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() { t.change(func() { t.starts-- }) }), nil
}

// list waits until it can run alone. done must be called when it has ended.
func (t *turns) list(ctx context.Context) (done func(), err error) {
	t.change(func() { t.lists++ })
	err = t.wait(ctx, func() bool { return t.starts == 0 && !t.running }, func() { t.running = true })
	if err != nil {
		t.change(func() { t.lists-- })
		return nil, err
	}
	return sync.OnceFunc(func() { t.change(func() { t.lists--; t.running = false }) }), nil
}

// wait calls take as soon as free reports true; the error is ctx's.
func (t *turns) wait(ctx context.Context, free func() bool, take func()) error {
	for {
		t.mu.Lock()
		if free() {
			take()
			t.mu.Unlock()
			return nil
		}
		if t.changed == nil {
			t.changed = make(chan struct{})
		}
		changed := t.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// change makes a change and wakes those that wait for one.
func (t *turns) change(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f()
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}
