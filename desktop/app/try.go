package app

import (
	"context"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
)

const (
	// tryLimit is how long all the usual places together may take.
	tryLimit = 20 * time.Second
	// tryOnlyLimit is how long a whole URL may take, with a slow camera behind it.
	tryOnlyLimit = 40 * time.Second
)

// alone ends what is being tried, and waits for its end: a person typed something
// else, and many cameras serve a single viewer. Nothing else is tried until leave
// is called; ctx ends when the next one wants to.
func (e *Engine) alone() (ctx context.Context, leave func()) {
	e.mu.Lock()
	if e.stopTry != nil {
		e.stopTry()
	}
	e.mu.Unlock()
	e.adding.Lock()
	ctx, cancel := context.WithCancel(e.ctx)
	e.mu.Lock()
	e.stopTry = cancel
	e.mu.Unlock()
	return ctx, func() {
		e.mu.Lock()
		e.stopTry = nil
		e.mu.Unlock()
		cancel()
		e.adding.Unlock()
	}
}

// CancelAdd ends what is being tried of a typed address. Add then says that the time
// is up, which nobody reads.
func (e *Engine) CancelAdd() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopTry != nil {
		e.stopTry()
	}
}

// try opens one target after the other until one gives a picture or ctx ends,
// which the connection outlives.
func (e *Engine) try(ctx context.Context, targets []feed.Target) (*feed.Connection, *cameras.Failure) {
	life, cancel := context.WithCancel(e.ctx)
	giveUp := context.AfterFunc(ctx, cancel)
	limit := tryLimit
	if len(targets) == 1 {
		limit = tryOnlyLimit
	}
	tooLate := time.AfterFunc(limit, cancel)
	connection, failure := feed.Try(life, e.cfg.Client, targets)
	inTime := tooLate.Stop()
	if !giveUp() {
		inTime = false
	}
	if failure == nil && !inTime {
		connection.Close()
		failure = &cameras.Failure{Reason: cameras.ReasonTimeout}
	}
	if failure != nil {
		cancel()
		return nil, failure
	}
	connection.OnClose(cancel)
	return connection, nil
}
