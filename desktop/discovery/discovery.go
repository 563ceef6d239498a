// Package discovery finds the agents on the local network by mDNS and reports
// every sighting; it never dials one.
//
// zeroconf stops asking after the first answer and never reports a change, so
// it is used in rolling rounds: each a fresh resolver on the interfaces of the
// moment, the one before kept listening until the new one has settled.
package discovery

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"pigrid/shared/dnssd"
	"pigrid/shared/lan"
)

// NoNetwork is the problem of a machine without any interface to search on.
const NoNetwork = "no-network"

const (
	overlap     = 2 * time.Second // how long a round still listens after the next one started
	watchPeriod = 2 * time.Second // between looks at the interfaces
	minGap      = time.Second     // between the starts of two rounds, whatever was asked for
)

// Config is what a Discovery needs.
type Config struct {
	// Logger receives what changes: interfaces, problems, agents seen for the
	// first time.
	Logger *slog.Logger
	// OnSighting is called from one goroutine, in order, for every answer of
	// every round. While it blocks, rounds go on and only the newest sighting of
	// each agent waits. Run does not return before it does.
	OnSighting func(dnssd.Sighting)
}

// Discovery searches for agents while its Run runs.
type Discovery struct {
	log     *slog.Logger
	inbox   *inbox
	refresh chan struct{}

	links  func() ([]dnssd.Link, error)
	own    func() ([]netip.Prefix, error)
	browse browseFunc

	mu     sync.Mutex
	status status
}

type status struct {
	running    bool
	interfaces []string
	problem    string
}

// New makes a Discovery that searches once Run is called.
func New(c Config) *Discovery {
	return &Discovery{
		log:     c.Logger,
		inbox:   newInbox(c.Logger, c.OnSighting),
		refresh: make(chan struct{}, 1),
		links:   dnssd.Links,
		own:     lan.OwnPrefixes,
		browse:  zeroconfBrowse,
	}
}

// Refresh starts a round at once (at most one a second) and searches eagerly
// again for a minute. It never blocks.
func (d *Discovery) Refresh() {
	select {
	case d.refresh <- struct{}{}:
	default: // one is waiting already
	}
}

// Status says whether the newest round is listening, on which interfaces
// ("eth0 192.168.1.20/24"), and what stands in the way: "" nothing, [NoNetwork],
// or the system's own words.
func (d *Discovery) Status() (running bool, interfaces []string, problem string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.status.running, append([]string{}, d.status.interfaces...), d.status.problem
}

// Run searches until ctx ends and returns after the last resolver is closed. Networks
// come and go meanwhile. Whoever notices that the machine slept calls Refresh.
func (d *Discovery) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wg.Go(func() { d.inbox.run(ctx) })
	d.search(ctx, &wg)
	d.report(status{})
}

func (d *Discovery) search(ctx context.Context, wg *sync.WaitGroup) {
	rounds := &rounds{d: d, wg: wg, stop: func() {}}
	pace := newPace(time.Now())
	next := time.NewTimer(0)
	defer next.Stop()
	watch := time.NewTicker(watchPeriod)
	defer watch.Stop()
	hurry := func() { next.Reset(pace.hurry(time.Now())) }
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
			rounds.start(ctx)
			next.Reset(pace.started(time.Now(), d.inbox.seen()))
		case <-d.refresh:
			hurry()
		case <-watch.C:
			if rounds.stale() {
				hurry()
			}
		}
	}
}

func (d *Discovery) report(s status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.status = s
}
