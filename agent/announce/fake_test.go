package announce

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/shared/dnssd"
)

const testID = "3f2a9c01-77de-4b0f-9d0c-5a1be8c7f203"

// lab is a machine whose network exists only in the test.
type lab struct {
	t *testing.T
	a *Announcer

	mu       sync.Mutex
	begun    time.Time
	host     string
	links    []dnssd.Link
	looks    int
	blind    error  // what reading the interfaces answers
	broken   error  // what registering answers
	mute     string // the one service type whose registering answers broken
	tries    []time.Duration
	history  []string  // "1s + _pigrid._tcp eth0", "3s - _pigrid._tcp"
	last     []service // as registered last
	open     int
	resolved string // the name that is answered for
	log      []string
}

func newLab(t *testing.T, links ...dnssd.Link) *lab {
	l := &lab{t: t, links: links, host: "raspberrypi", begun: time.Now()}
	l.a = New(Config{Logger: slog.New(slog.NewTextHandler(l, nil)), ID: testID, Version: "1.0", Port: 8081})
	l.a.links = func() ([]dnssd.Link, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.looks++
		return slices.Clone(l.links), l.blind
	}
	l.a.hostname = func() (string, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.host, nil
	}
	l.a.register = l.register
	l.a.resolve = func(_ scene, host string) (registration, error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.open++
		l.resolved = host
		return &fakeRegistration{l, service{}}, nil
	}
	return l
}

func (l *lab) register(s service) (registration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tries = append(l.tries, time.Since(l.begun))
	if l.broken != nil && (l.mute == "" || l.mute == s.kind) {
		return nil, l.broken
	}
	l.open++
	l.last = append(l.last, s)
	var on []string
	for _, i := range s.on {
		on = append(on, i.Name)
	}
	if s.kind == dnssd.Service {
		l.note("+ " + s.instance + " " + strings.Join(on, ","))
	}
	return &fakeRegistration{l, s}, nil
}

func (l *lab) note(what string) {
	l.history = append(l.history, fmt.Sprintf("%v %s", time.Since(l.begun), what))
}

type fakeRegistration struct {
	l *lab
	s service
}

func (r *fakeRegistration) Shutdown() {
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	r.l.open--
	if r.s.kind == dnssd.Service {
		r.l.note("-")
	}
}

// Write makes the lab the destination of the log.
func (l *lab) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log = append(l.log, string(p))
	return len(p), nil
}

// run announces during test, in fake time, and checks that nothing stays open.
func (l *lab) run(test func()) {
	ctx, cancel := context.WithCancel(l.t.Context())
	done := make(chan error, 1)
	go func() { done <- l.a.Run(ctx) }()
	synctest.Wait()
	test()
	ended := time.Now()
	cancel()
	if err := <-done; err != nil {
		l.t.Errorf("Run: %v", err)
	}
	if d := time.Since(ended); d != 0 {
		l.t.Errorf("Run took %v to end", d)
	}
	if l.open != 0 || len(l.a.Announced()) != 0 {
		l.t.Errorf("%d registrations and %v left", l.open, l.a.Announced())
	}
}

// after lets time go by, changes the machine and waits for what that sets off.
func (l *lab) after(d time.Duration, change func()) {
	time.Sleep(d)
	l.mu.Lock()
	if change != nil {
		change()
	}
	l.mu.Unlock()
	synctest.Wait()
}

func (l *lab) looked() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.looks
}

func (l *lab) happened() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.history)
}

func (l *lab) expect(want ...string) {
	l.t.Helper()
	if got := l.happened(); !slices.Equal(got, want) {
		l.t.Errorf("happened:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func link(name string, prefixes ...string) dnssd.Link {
	flags := net.FlagUp | net.FlagRunning | net.FlagMulticast
	if name == "lo" {
		flags = net.FlagUp | net.FlagRunning | net.FlagLoopback
	}
	l := dnssd.Link{Interface: net.Interface{Index: len(name), Name: name, Flags: flags}}
	for _, p := range prefixes {
		l.Prefixes = append(l.Prefixes, netip.MustParsePrefix(p))
	}
	return l
}
