package feed

import (
	"context"
	"errors"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/mjpeg"
)

const (
	// tryTimeout is how long each of the targets that are tried may take.
	tryTimeout = 5 * time.Second
	// tryOnlyTimeout is how long the first picture may take when there is only one,
	// which somebody typed: a slow camera is one, too.
	tryOnlyTimeout = unknownPause
)

// Connection is an open stream that gave a frame. Whoever has it hands it to a
// Feed or closes it.
type Connection struct{ link *link }

// Target is where it leads, and how it asked for a password.
func (c *Connection) Target() Target {
	t := c.link.target
	t.Asks = c.link.asked()
	return t
}

// OnClose has done called when it ends from our side, as well.
func (c *Connection) OnClose(done func()) {
	cancel := c.link.cancel
	c.link.cancel = func() { cancel(); done() }
}

// Close ends it.
func (c *Connection) Close() { c.link.close() }

// Try opens one target after the other until one gives a frame; each that does
// not is closed before the next is opened, because many cameras serve a single
// viewer. The Connection ends with ctx. Why there is none is the answer that
// tells most.
func Try(ctx context.Context, opener Opener, targets []Target) (*Connection, *cameras.Failure) {
	worst := &cameras.Failure{Reason: cameras.ReasonUnreachable, Detail: "there is nothing to try"}
	deaf := map[string]bool{} // addresses where no other path is worth a try
	only, limit := len(targets) == 1, tryTimeout
	if only {
		limit = tryOnlyTimeout
	}
	for i, t := range targets {
		if deaf[t.Addr] {
			continue
		}
		l, failure := tryOne(ctx, opener, t, limit, only)
		if l != nil {
			return &Connection{l}, nil
		}
		if failure == nil { // ctx ended
			return nil, &cameras.Failure{Reason: cameras.ReasonTimeout}
		}
		if i == 0 || tellsMore(failure, worst) {
			worst = failure
		}
		switch failure.Reason {
		case cameras.ReasonUnreachable, cameras.ReasonNotLocal:
			return nil, failure // so it is on every other port
		case cameras.ReasonRefused, cameras.ReasonTimeout,
			cameras.ReasonUnauthorized, cameras.ReasonOtherLogin, cameras.ReasonOtherNetwork, cameras.ReasonForbidden, cameras.ReasonBusy: // so it is at every other path
			deaf[t.Addr] = true
		}
	}
	return nil, worst
}

// tellsMore reports whether a says more about what is there than b.
func tellsMore(a, b *cameras.Failure) bool {
	weight := func(f *cameras.Failure) int {
		switch f.Reason {
		case cameras.ReasonUnauthorized, cameras.ReasonOtherLogin, cameras.ReasonForbidden, cameras.ReasonBusy:
			return 5
		case cameras.ReasonNoFrames:
			return 4
		case cameras.ReasonRefused:
			return 2
		case cameras.ReasonTimeout, cameras.ReasonUnreachable:
			return 1
		default: // it answered
			return 3
		}
	}
	return weight(a) > weight(b)
}

// tryOne opens one target and reads its first frame. When it is the only one it is
// asked again where the camera may have failed just for a moment.
func tryOne(ctx context.Context, opener Opener, t Target, limit time.Duration, only bool) (*link, *cameras.Failure) {
	dialling, cancel := context.WithCancelCause(ctx)
	tooLate := time.AfterFunc(tryTimeout, func() { cancel(context.DeadlineExceeded) })
	l, failure := open(dialling, opener, t, Rendition{})
	if only && failure != nil && (failure.Status >= 500 || failure.Reason == cameras.ReasonEnded) {
		l, failure = openAgain(dialling, opener, t, failure)
	}
	switch inTime := tooLate.Stop(); {
	case l == nil && failure == nil && ctx.Err() == nil:
		return nil, &cameras.Failure{Reason: cameras.ReasonTimeout, Detail: "no answer in " + tryTimeout.String()}
	case l == nil:
		cancel(nil)
		return nil, failure
	case !inTime:
		l.close()
		return nil, &cameras.Failure{Reason: cameras.ReasonTimeout}
	}
	end := l.cancel
	l.cancel = func() { end(); cancel(nil) }
	err := l.readFirst(ctx, limit)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, context.DeadlineExceeded):
		return nil, &cameras.Failure{Reason: cameras.ReasonNoFrames, Detail: "no picture in " + limit.String()}
	default:
		return nil, readFailure(err)
	}
}

// OfAgent reports whether an agent sends the stream, which then has more to say
// than a foreign camera.
func (c *Connection) OfAgent() bool { return c.link.reader.Boundary() == mjpeg.Boundary }
