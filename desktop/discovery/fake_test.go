package discovery

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/shared/dnssd"
)

// lab is a network that exists only in the test: its interfaces can be changed
// and its rounds are counted.
type lab struct {
	t   *testing.T
	d   *Discovery
	log *logBook

	closing time.Duration // how long a round takes to close its sockets

	mu     sync.Mutex
	begun  time.Time
	links  []dnssd.Link
	broken error // what browse answers
	blind  error // what listing the interfaces answers
	rounds []*fakeRound
	heard  []dnssd.Sighting
}

// fakeRound is one browse call.
type fakeRound struct {
	start, end time.Duration // since the lab began; end is 0 while it listens
	on         []string
	answers    chan dnssd.Answer
}

func newLab(t *testing.T, links ...dnssd.Link) *lab {
	l := &lab{t: t, log: &logBook{}, links: links, begun: time.Now()}
	l.d = New(Config{Logger: slog.New(slog.NewTextHandler(l.log, nil)), OnSighting: func(s dnssd.Sighting) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.heard = append(l.heard, s)
	}})
	l.d.links = func() ([]dnssd.Link, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		return slices.Clone(l.links), l.blind
	}
	l.d.own = func() ([]netip.Prefix, error) { return nil, nil }
	l.d.browse = l.browse
	return l
}

func (l *lab) browse(ctx context.Context, on []net.Interface, found func(dnssd.Answer)) (func(), error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return nil, l.broken
	}
	r := &fakeRound{start: time.Since(l.begun), answers: make(chan dnssd.Answer)}
	for _, i := range on {
		r.on = append(r.on, i.Name)
	}
	l.rounds = append(l.rounds, r)
	return func() {
		for {
			select {
			case a := <-r.answers:
				if a.Instance == "" { // as if it had heard too much
					return
				}
				found(a)
			case <-ctx.Done():
				time.Sleep(l.closing) // fake time
				l.mu.Lock()
				defer l.mu.Unlock()
				r.end = time.Since(l.begun)
				return
			}
		}
	}, nil
}

// run searches until the test's end, in fake time.
func (l *lab) run(test func()) {
	ctx, cancel := context.WithCancel(l.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); l.d.Run(ctx) }()
	synctest.Wait()
	test()
	cancel()
	<-done
	if running, _, _ := l.d.Status(); running {
		l.t.Error("running after Run returned")
	}
}

// pass lets time go by and waits for what that sets off.
func (l *lab) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (l *lab) set(links ...dnssd.Link) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.links = links
}

// setBroken makes browse and the list of interfaces fail.
func (l *lab) setBroken(browse, links error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken, l.blind = browse, links
}

func (l *lab) starts() []time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []time.Duration
	for _, r := range l.rounds {
		out = append(out, r.start)
	}
	return out
}

func (l *lab) newest() *fakeRound {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rounds[len(l.rounds)-1]
}

func (l *lab) sightings() []dnssd.Sighting {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.heard)
}

func link(name, prefix string) dnssd.Link {
	flags := net.FlagUp | net.FlagRunning | net.FlagMulticast
	if name == "lo" {
		flags = net.FlagUp | net.FlagRunning | net.FlagLoopback
	}
	return dnssd.Link{
		Interface: net.Interface{Index: len(name), Name: name, Flags: flags},
		Prefixes:  []netip.Prefix{netip.MustParsePrefix(prefix)},
	}
}

// agent is the answer of the n-th agent.
func agent(n int, addrs ...string) dnssd.Answer {
	id := fmt.Sprintf("%08x-0000-4000-8000-000000000000", n)
	a := dnssd.Answer{
		Instance: dnssd.InstanceName("pi", id), Port: 8080,
		Text: dnssd.Info{ID: id, Name: fmt.Sprint("pi ", n), Path: "/video", API: "/api/v1"}.TXT(),
	}
	for _, s := range addrs {
		a.Addrs = append(a.Addrs, netip.MustParseAddr(s))
	}
	return a
}

// logBook keeps what was logged.
type logBook struct {
	mu    sync.Mutex
	lines []string
}

func (b *logBook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, string(p))
	return len(p), nil
}

func (b *logBook) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.lines)
}
