package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
)

// home is a computer on 192.168.1.0/24 and fd00::/64.
func home() *Links {
	return NewLinks(func() ([]netip.Prefix, error) {
		return []netip.Prefix{netip.MustParsePrefix("192.168.1.0/24"), netip.MustParsePrefix("fd00::/64")}, nil
	})
}

func TestOnLink(t *testing.T) {
	for address, want := range map[string]bool{
		"192.168.1.2:8080": true, "[::ffff:192.168.1.2]:8080": true, "[fd00::2]:8080": true, "[fe80::2%eth0]:8080": true,
		"127.0.0.1:8080": true, "[::1]:8080": true, "raspberrypi.local:8080": true,
		"192.168.2.2:8080": false, "10.0.0.2:8080": false, "[fd01::2]:8080": false, "100.64.0.2:8080": false,
	} {
		if got := home().OnLink(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	var unlimited *Links
	broken := NewLinks(func() ([]netip.Prefix, error) { return nil, errors.New("no interfaces") })
	if !unlimited.OnLink("10.0.0.2:8080") || !broken.OnLink("10.0.0.2:8080") {
		t.Error("far although nobody knows what is near")
	}
}

// vlans is a fake network: what answers where, and who was asked.
type vlans struct {
	mu      sync.Mutex
	answers map[string]bool
	takes   time.Duration
	asked   []string // in order
	now     int      // that are being asked
	most    int
}

func (n *vlans) find(ctx context.Context, id string, addresses []endpoint.Endpoint) (Found, error) {
	return find(ctx, n.ask, id, addresses)
}

func (n *vlans) ask(ctx context.Context, at endpoint.Endpoint) (Found, error) {
	address := at.Addr
	n.mu.Lock()
	n.asked = append(n.asked, address)
	n.now++
	n.most = max(n.most, n.now)
	answers, takes := n.answers[address], n.takes
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.now--
	}()
	if answers {
		return Found{At: endpoint.HTTP(address), Status: api.Status{API: 1, ID: "me", Cameras: []api.Camera{{}}}}, nil
	}
	select {
	case <-time.After(takes):
	case <-ctx.Done():
	}
	return Found{}, &cameras.Failure{Reason: cameras.ReasonTimeout}
}

// did returns who was asked since the last call.
func (n *vlans) did() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	asked := n.asked
	n.asked = nil
	return asked
}

func (n *vlans) watch(t *testing.T, l *Links, addresses ...string) (*Watch, func() Report) {
	var mu sync.Mutex
	var last Report
	w := NewWatch(WatchConfig{
		ID: "me", Addresses: addresses, Links: l, Find: n.find, Failing: func() int { return 1 }, Logger: slog.New(slog.DiscardHandler),
		Report: func(r Report) {
			mu.Lock()
			defer mu.Unlock()
			last = r
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return w, func() Report {
		mu.Lock()
		defer mu.Unlock()
		return last
	}
}

const (
	near      = "192.168.1.2:8080"
	nearToo   = "192.168.1.3:8080"
	elsewhere = "10.9.8.7:8080"
)

func TestOtherNetworksAreAskedLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &vlans{answers: map[string]bool{elsewhere: true}, takes: time.Second}
		_, last := n.watch(t, home(), elsewhere, near, nearToo)
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		if got, want := n.did(), []string{near, nearToo}; !slices.Equal(got, want) {
			t.Errorf("asked %v", got)
		}
		time.Sleep(100 * time.Millisecond)
		if r := last(); r.Found.At.Addr != elsewhere || !slices.Equal(n.did(), []string{elsewhere}) {
			t.Errorf("then found at %q", r.Found.At.Addr)
		}
		// That is where it is now, until it does not answer there.
		n.did()
		time.Sleep(time.Minute)
		if got := n.did(); slices.Contains(got[1:], near) && got[0] != elsewhere {
			t.Errorf("asked %v", got)
		}
		n.mu.Lock()
		n.answers = map[string]bool{near: true}
		n.mu.Unlock()
		time.Sleep(15 * time.Second)
		if r := last(); r.Found.At.Addr != near {
			t.Errorf("at %q", r.Found.At.Addr)
		}
	})
}

func TestNoOtherNetworkReplacesALink(t *testing.T) {
	for name, start := range map[string]func(*Watch, *vlans){
		"answered": func(*Watch, *vlans) { time.Sleep(time.Minute) },
		"remembered": func(w *Watch, n *vlans) {
			n.mu.Lock()
			n.answers[near] = false
			n.mu.Unlock()
			w.Keep(near)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &vlans{answers: map[string]bool{near: true}, takes: time.Second}
				w, last := n.watch(t, home(), near)
				start(w, n)
				n.mu.Lock()
				n.answers = map[string]bool{elsewhere: true}
				n.mu.Unlock()
				n.did()
				for range 12 {
					w.Meet(elsewhere)
					time.Sleep(5 * time.Second)
				}
				if got := n.did(); slices.Contains(got, elsewhere) || last().Failure == nil {
					t.Errorf("asked %v, found at %q", got, last().Found.At.Addr)
				}
			})
		})
	}
}

// A Pi that was moved to another network behind an mDNS reflector was offline until
// the person forgot it.
func TestAnAgentThatWasMovedIsFoundThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &vlans{answers: map[string]bool{near: true}, takes: time.Second}
		w, last := n.watch(t, home(), near)
		time.Sleep(time.Minute)
		answering := func(address string) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.answers = map[string]bool{address: true}
		}
		answering(elsewhere)
		w.Meet(elsewhere)
		n.did()
		time.Sleep(cameras.LongMissing - 5*time.Second)
		if got := n.did(); slices.Contains(got, elsewhere) {
			t.Errorf("asked %v", got)
		}
		time.Sleep(20 * time.Second)
		if r := last(); r.Failure != nil || r.Found.At.Addr != elsewhere {
			t.Errorf("not found there: %+v", r)
		}
		time.Sleep(time.Minute) // it stays, and is still looked for at home first
		if r, asked := last(), n.did(); r.Found.At.Addr != elsewhere || !slices.Contains(asked, near) {
			t.Errorf("then %+v, asked %v", r, asked)
		}
		n.mu.Lock()
		n.answers[near] = true // both do now
		n.mu.Unlock()
		time.Sleep(15 * time.Second)
		if r := last(); r.Found.At.Addr != near {
			t.Errorf("at home again, found at %q", r.Found.At.Addr)
		}
	})
}

func TestFewAddressesOnOtherNetworksAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &vlans{takes: 3 * time.Second}
		l := home()
		for i := range 100 {
			var invented []string
			for j := range maxAddresses {
				invented = append(invented, fmt.Sprintf("10.%d.%d.1:22", i, j))
			}
			n.watch(t, l, invented...)
		}
		time.Sleep(time.Minute)
		asked := len(n.did())
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.most > 8 || asked > 8*21 || asked < 8*19 {
			t.Errorf("%d at a time, %d in a minute", n.most, asked)
		}
	})
}

func TestOtherNetworksPushOutNoAddressOnALink(t *testing.T) {
	w := NewWatch(WatchConfig{Links: home(), Addresses: []string{near, nearToo}})
	for i := range 50 {
		w.Meet(fmt.Sprintf("10.0.0.%d:1", i))
	}
	if got := w.Addresses(); len(got) != maxAddresses || got[0] != near || got[1] != nearToo {
		t.Errorf("got %v", got)
	}
	w.Meet("192.168.1.4:8080")
	if got := w.Addresses(); got[0] != "192.168.1.4:8080" || got[2] != nearToo {
		t.Errorf("got %v", got)
	}
}
