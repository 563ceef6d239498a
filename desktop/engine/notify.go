package engine

import (
	"context"
	"errors"

	"pigrid/desktop/cameras"
	"pigrid/desktop/feed"
	"pigrid/desktop/notify"
)

// waitingNotices is how many notices may wait for the desktop. More are left out.
const waitingNotices = 8

// Notices shows notices to a person. It ends when ctx does.
type Notices interface {
	Send(ctx context.Context, n notify.Notice) error
}

var errNoNotices = errors.New("nobody is there to see them")

// asNobodyLooks is how pictures are asked for that only prove that a camera lives.
func asNobodyLooks() feed.Rendition { return feed.Rendition{FPS: 1, Width: 80} }

// Notify turns the notifications about a camera on or off. A first one shows that they are
// seen. The error says why they cannot be shown.
func (e *Engine) Notify(key string, on bool) error {
	c, there := e.Roster.Get(key)
	if !there {
		return nil
	}
	if on {
		if e.cfg.Notices == nil {
			return errNoNotices
		}
		if err := e.cfg.Notices.Send(e.Tasks.Context(), notify.Trial(c.Shown().Name)); err != nil {
			return err
		}
	}
	e.arranged.Notify(key, on)
	return nil
}

// keepWatch looks at the cameras of which a person wants to know, also while no page
// does, and has said what is to be said of them.
func (e *Engine) keepWatch(now Snapshot) {
	if e.cfg.Notices == nil {
		return
	}
	var list []notify.Sample
	for _, t := range now.Tiles {
		if !t.Notify {
			continue
		}
		state := t.Verdict.State
		if !t.Facts.Wanted || len(now.Away) > 0 {
			state = cameras.Paused
		}
		list = append(list, notify.Sample{Key: t.Key, Name: t.Name, State: state, Reason: t.Verdict.Reason, Message: t.Verdict.Message})
		if f := e.Streams.Get(t.Key); f != nil {
			f.Want(asNobodyLooks())
		}
	}
	for _, n := range e.policy.Observe(e.cfg.Clock().Round(0), list) {
		select {
		case e.notices <- n:
		default:
			e.cfg.Logger.Warn("a notice was left out: the desktop shows none", "title", n.Title)
		}
	}
}

// showNotices shows them one after another, until Stop.
func (e *Engine) showNotices() {
	ctx := e.Tasks.Context()
	for {
		select {
		case n := <-e.notices:
			if err := e.cfg.Notices.Send(ctx, n); err != nil && ctx.Err() == nil {
				e.cfg.Logger.Warn("a notice was not shown", "title", n.Title, "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}
