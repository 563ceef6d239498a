// Package tasks has what the rooms of the app run goroutines with: a [Group] that ends
// all of them, and a [Signal] that wakes those who wait.
package tasks

import (
	"context"
	"sync"
	"time"
)

// Group runs goroutines that end together. Its owner stops it; everybody else only
// starts what belongs to the app's life.
type Group struct {
	ctx    context.Context
	cancel context.CancelFunc

	mu sync.Mutex // so that nothing is started after Stop
	wg sync.WaitGroup
}

// NewGroup returns a Group in which nothing runs yet.
func NewGroup() *Group {
	g := &Group{}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	return g
}

// Context ends when Stop is called.
func (g *Group) Context() context.Context { return g.ctx }

// Go runs do, which must end soon after the Context. After Stop it does nothing.
func (g *Group) Go(do func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ctx.Err() == nil {
		g.wg.Go(do)
	}
}

// Stop ends the Context and waits for all goroutines, at most for the given time. It
// reports whether all have ended.
func (g *Group) Stop(limit time.Duration) bool {
	g.mu.Lock()
	g.cancel()
	g.mu.Unlock()
	done := make(chan struct{})
	go func() {
		g.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-time.After(limit):
		return false
	}
}
