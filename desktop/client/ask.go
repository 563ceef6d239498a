package client

import (
	"context"
	"slices"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/endpoint"
)

// ask asks for the agent where it answered last, and at its other addresses. Those
// that are not on a link of this computer come last, and only while there is none
// on a link where it answered: a router that carries mDNS between networks makes
// them needed, and anybody can announce them. One that has not answered on a link
// for [cameras.LongMissing] may have been moved to another network; it is asked on
// its link first all the same.
func (w *Watch) ask(ctx context.Context, t *twins) (Found, error) {
	last := w.last()
	near, elsewhere := w.cfg.Links.sorted(w.Addresses())
	if last != "" {
		near = slices.DeleteFunc(near, func(a string) bool { return a == last })
		elsewhere = slices.DeleteFunc(elsewhere, func(a string) bool { return a == last })
		near = slices.Insert(near, 0, last)
	}
	found, err := w.cfg.Find(ctx, w.cfg.ID, endpoint.All(near))
	if err == nil {
		w.moved = false
		patience := lastPatience
		if !w.since.IsZero() {
			patience = lostPatience
		}
		return t.keep(ctx, found, last, patience), nil
	}
	onLink := last != "" && w.cfg.Links.OnLink(last)
	if onLink && !w.moved && (w.since.IsZero() || time.Since(w.since) < cameras.LongMissing) {
		return found, err
	}
	for _, address := range elsewhere {
		leave, full := w.cfg.Links.enter(ctx)
		if full != nil {
			break // ctx ended
		}
		there, failure := w.cfg.Find(ctx, w.cfg.ID, endpoint.All([]string{address}))
		leave()
		if failure == nil {
			w.moved = onLink
			return there, nil
		}
		err = telling(failureOf(err), failureOf(failure))
	}
	return found, err
}

// last is where the agent answered last, or a person said that it is; "" when
// nobody knows.
func (w *Watch) last() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.answered == "" && len(w.kept) > 0 {
		return w.kept[0]
	}
	return w.answered
}
