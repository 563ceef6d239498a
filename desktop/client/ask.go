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
	found, err := w.askNear(ctx, near)
	if err == nil {
		w.moved = false
		patience := lastPatience
		if !w.since.IsZero() || w.doubted() || found.At.IsPinned() {
			patience = lostPatience
		}
		found = t.keep(ctx, found, last, patience)
		w.believe()
		return found, nil
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

// maxJoined bounds at how many addresses one question asks that are heard of while it
// is under way: anybody can announce them.
const maxJoined = 2

// askNear asks at these addresses, and at those on a link of this computer that are
// heard of meanwhile: an agent that came back with another address is not waited for at
// the old ones, which take seconds to fail. It returns the first answer.
func (w *Watch) askNear(ctx context.Context, near []string) (Found, error) {
	ctx, cancel := context.WithCancel(ctx)
	answers := make(chan answer)
	asked, joined := 0, 0
	ask := func(at []string) {
		asked++
		go func() {
			found, err := w.cfg.Find(ctx, w.cfg.ID, endpoint.All(at))
			answers <- answer{found, err}
		}()
	}
	defer func() {
		cancel()
		for ; asked > 0; asked-- {
			<-answers
		}
	}()
	ask(near)
	var worst *cameras.Failure
	for asked > 0 {
		select {
		case <-w.met: // if that was before the question, the address is in near
			known, _ := w.cfg.Links.sorted(w.Addresses())
			fresh := slices.DeleteFunc(known, func(a string) bool { return slices.Contains(near, a) })
			if fresh = fresh[:min(len(fresh), maxJoined-joined)]; len(fresh) > 0 {
				joined += len(fresh)
				near = slices.Concat(near, fresh)
				ask(fresh)
			}
		case a := <-answers:
			asked--
			if a.err == nil {
				return a.found, nil
			}
			if failure := failureOf(a.err); worst == nil || weight(failure) > weight(worst) {
				worst = failure
			}
		}
	}
	return Found{}, worst
}

// doubted reports whether a stream of the agent has failed since it answered last.
func (w *Watch) doubted() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

// believe ends the doubt: it has answered.
func (w *Watch) believe() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = false
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
