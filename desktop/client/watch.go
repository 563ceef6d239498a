package client

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/reconnect"
	"pigrid/shared/endpoint"
)

const (
	// pollEvery is how often an agent that answers is asked again,
	pollEvery = 5 * time.Second
	// pollStarting how often while it lists no camera, because it has just been
	// started and still looks for them,
	pollStarting = time.Second
	// maxStarting and how many times at most.
	maxStarting = 10
	// hintEvery is how often at most sightings, and streams that fail, make it asked.
	hintEvery = 2 * time.Second
)

// WatchConfig is what a [Watch] needs.
type WatchConfig struct {
	ID        string   // of the agent
	Addresses []string // where it may be, host:port, best first
	Find      func(ctx context.Context, id string, addresses []endpoint.Endpoint) (Found, error)
	Links     *Links       // of this computer; nil: every address is on one
	Failing   func() int   // how many cameras of the whole app fail at the moment
	Report    func(Report) // called from the Watch's goroutine after every question
	Logger    *slog.Logger
}

// Report is how one question to an agent ended.
type Report struct {
	Found   Found            // when Failure is nil
	Failure *cameras.Failure // why nobody answered
	Since   time.Time        // first failure in a row; zero when it answered
	RetryAt time.Time        // next question after a failure
	Back    bool             // it answers again after a failure, or for the first time
	// Twin is where another agent with the same id answers, mostly "".
	Twin string
	// Starting says that it lists no camera and may only not have found them yet.
	Starting bool
}

// Watch asks one agent for its status for as long as its Run runs: every few
// seconds while it answers, with growing waits while it does not.
type Watch struct {
	cfg  WatchConfig
	poke chan struct{}
	hint chan struct{}
	met  chan struct{} // there is a new address, which a question under way can take in

	// Of the goroutine of Run:
	nudged time.Time // last question that a hint called for
	since  time.Time // first failure in a row, zero while it answers
	moved  bool      // it answers on another network, and not on its link

	mu     sync.Mutex
	failed bool // a stream of the agent has failed since it answered last
	whereabouts
}

// whereabouts are the addresses at which an agent may be; whoever has them locks its
// Watch.
type whereabouts struct {
	links     *Links
	addresses []string // best first
	kept      []string // what a sighting does not push out
	answered  string   // the last one that did
}

// NewWatch makes a Watch that asks once Run is called.
func NewWatch(cfg WatchConfig) *Watch {
	return &Watch{cfg: cfg, poke: make(chan struct{}, 1), hint: make(chan struct{}, 1), met: make(chan struct{}, 1), whereabouts: whereabouts{links: cfg.Links, addresses: slices.Clone(cfg.Addresses)}}
}

// Poke asks again at once: a person wants it. It never blocks.
func (w *Watch) Poke() {
	select {
	case w.poke <- struct{}{}:
	default:
	}
}

// Doubt asks soon, because a stream of the agent failed; see [Watch.Nudge]. The agent may
// no longer be where it answered last, and is not waited for as long there.
func (w *Watch) Doubt() {
	w.mu.Lock()
	w.failed = true
	w.mu.Unlock()
	w.Nudge()
}

// Nudge asks soon, because something may be wrong or well again: at once, but not
// more often than every two seconds, because streams that fail and whoever is on
// the network can make it happen at any rate. It never blocks.
func (w *Watch) Nudge() {
	select {
	case w.hint <- struct{}{}:
	default:
	}
}

// ignore forgets what called for a question.
func (w *Watch) ignore() {
	for {
		select {
		case <-w.poke:
		case <-w.hint:
		default:
			return
		}
	}
}

// Meet puts addresses at which the agent was heard of before those known so far, but
// for the one that answered last and those to [Watch.Keep]. If one of them is new, a
// question that is under way is asked there, too, and the Watch asks soon: at once, but
// not more often than every two seconds, because anybody on the network can make
// addresses up; see [Watch.Nudge]. Those that are not on a link of this computer push
// out none that is. It never blocks.
func (w *Watch) Meet(addresses ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	news := false
	for _, a := range addresses {
		news = news || !slices.Contains(w.addresses, a)
	}
	if !news {
		return
	}
	w.know(addresses)
	w.Nudge()
	select {
	case w.met <- struct{}{}:
	default:
	}
}

// Keep takes in addresses that no sighting may push out: a person typed them, or
// the agent answered there before.
func (w *Watch) Keep(addresses ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = mergeAddresses(maxKept, addresses, w.kept)
	w.know(nil)
}

// know takes in addresses and puts all in order.
func (w *whereabouts) know(addresses []string) {
	var answered []string
	if w.answered != "" {
		answered = []string{w.answered}
	}
	newNear, newElsewhere := w.links.sorted(addresses)
	near, elsewhere := w.links.sorted(w.addresses)
	w.addresses = mergeAddresses(maxAddresses, answered, w.kept, newNear, near, newElsewhere, elsewhere)
}

// Addresses returns where the agent may be, best first.
func (w *Watch) Addresses() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.addresses)
}

// Run asks until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	failures, starting := 0, 0
	first := true
	w.nudged = time.Now() // the first question is one, too
	twins := &twins{find: w.cfg.Find, id: w.cfg.ID}
	for ctx.Err() == nil {
		found, err := w.ask(ctx, twins)
		if ctx.Err() != nil {
			return
		}
		r := Report{Found: found, Back: first || failures > 0, Twin: twins.twin}
		delay := spread(pollEvery)
		if err == nil {
			failures, w.since, first = 0, time.Time{}, false
			if !w.moved {
				w.prefer(found.At.Addr)
			}
			if starting++; len(found.Status.Cameras) > 0 || found.Denied != cameras.NoAccess {
				starting = 0
			}
			r.Starting = starting > 0 && starting <= maxStarting
			if r.Starting {
				delay = pollStarting
			}
		} else {
			starting = 0
			if failures++; failures == 1 {
				w.since = time.Now()
			}
			r = Report{Failure: failureOf(err), Since: w.since}
			delay = reconnect.Delay(reconnect.Wait{Failures: failures, Failing: w.cfg.Failing(), Failure: r.Failure, Random: rand.Float64()})
			r.RetryAt = time.Now().Add(delay)
			if r.Failure.RetryAfter > 0 {
				w.ignore() // what was asked for meanwhile is answered: later
			}
		}
		w.log(failures, r)
		w.cfg.Report(r)
		if err == nil {
			near, _ := w.cfg.Links.sorted(w.Addresses())
			twins.look(ctx, near)
		}
		w.wait(ctx, delay)
	}
}

// wait returns after d, when something calls for a question, or with ctx.
func (w *Watch) wait(ctx context.Context, d time.Duration) {
	end := time.Now().Add(d)
	t := time.NewTimer(d)
	defer t.Stop()
	for nudged := false; ; {
		select {
		case <-w.hint:
			if soon := w.nudged.Add(hintEvery); soon.Before(end) {
				nudged, end = true, soon
				t.Reset(time.Until(soon))
			}
			continue
		case <-t.C:
			if nudged {
				w.nudged = time.Now()
			}
		case <-w.poke:
		case <-ctx.Done():
		}
		return
	}
}

// log says what changed, not that it stayed.
func (w *Watch) log(failures int, r Report) {
	switch {
	case failures == 1 && !w.trusted(): // anybody can invent agents that do not answer
	case failures == 1:
		w.cfg.Logger.Warn("agent does not answer", "agent", w.cfg.ID, "reason", r.Failure.Reason, "detail", r.Failure.Detail)
	case failures == 0 && r.Back:
		w.cfg.Logger.Info("agent answers", "agent", w.cfg.ID, "name", r.Found.Status.Name, "address", r.Found.At.Addr)
	}
}

// trusted reports whether more than a sighting says that the agent exists.
func (w *Watch) trusted() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.answered != "" || len(w.kept) > 0
}

// prefer puts the address that answered first.
func (w *Watch) prefer(address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answered = address
	w.know(nil)
}

const (
	// maxAddresses bounds how many addresses of one agent are kept and asked,
	maxAddresses = 8
	// maxKept and how many of them sightings do not push out.
	maxKept = 3
)

// mergeAddresses returns the first different addresses of several lists.
func mergeAddresses(limit int, lists ...[]string) []string {
	merged := make([]string, 0, limit)
	for _, a := range slices.Concat(lists...) {
		if len(merged) < limit && !slices.Contains(merged, a) {
			merged = append(merged, a)
		}
	}
	return merged
}

// spread varies a period by a tenth, so that agents are not all asked at once.
func spread(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.9 + 0.2*rand.Float64()))
}

// FailureOf returns the [cameras.Failure] that an error of this package is, or
// what the error means when it is another.
func FailureOf(err error) *cameras.Failure {
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return failureOf(err)
}
