package adding

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

// try opens one target after the other until one gives a picture or ctx ends,
// which the connection outlives.
func (a *Adder) try(ctx context.Context, targets []feed.Target) (*feed.Connection, *cameras.Failure) {
	life, cancel := context.WithCancel(a.tasks.Context())
	giveUp := context.AfterFunc(ctx, cancel)
	limit := tryLimit
	if len(targets) == 1 {
		limit = tryOnlyLimit
	}
	tooLate := time.AfterFunc(limit, cancel)
	connection, failure := feed.Try(life, a.client, targets)
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
