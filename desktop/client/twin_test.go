package client

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
	"pigrid/shared/endpoint"
)

// twinNet is a fake network: which program, by its start, answers where.
type twinNet struct {
	mu      sync.Mutex
	started map[string]string // by address; none there when missing
	slow    map[string]time.Duration
	asked   int
	restart string // everything is started anew once this address was asked
	others  string // address of an agent with another id
}

func (n *twinNet) ask(_ context.Context, at endpoint.Endpoint) (Found, error) {
	addr := at.Addr
	n.mu.Lock()
	started, there := n.started[addr]
	id := "me"
	if addr == n.others {
		id = "other"
	}
	slow := n.slow[addr]
	n.asked++
	if addr == n.restart {
		n.restart, started = "", "tuesday"
		for a := range n.started {
			n.started[a] = started
		}
	}
	n.mu.Unlock()
	time.Sleep(slow)
	if !there {
		return Found{}, &cameras.Failure{Reason: cameras.ReasonRefused}
	}
	return Found{At: endpoint.HTTP(addr), Status: api.Status{API: 1, ID: id, Started: started, Cameras: []api.Camera{{}}}}, nil
}

func (n *twinNet) set(change func(*twinNet)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change(n)
}

// watchOn runs a Watch on a fake network and answers how to get the newest report.
func watchOn(t *testing.T, ask asker, addresses ...string) (*Watch, func() Report) {
	var mu sync.Mutex
	var last Report
	w := NewWatch(WatchConfig{
		ID: "me", Addresses: addresses, Logger: slog.New(slog.DiscardHandler), Failing: func() int { return 1 },
		Find: func(ctx context.Context, id string, addresses []endpoint.Endpoint) (Found, error) {
			return find(ctx, ask, id, addresses)
		},
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
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		return last
	}
}

func TestTwoAgentsWithOneID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &twinNet{started: map[string]string{"a:1": "monday"}, slow: map[string]time.Duration{}}
		w, last := watchOn(t, n.ask, "a:1")
		time.Sleep(time.Minute)
		n.set(func(n *twinNet) { n.started["b:1"] = "tuesday" })
		w.Meet("b:1")
		time.Sleep(15 * time.Second)
		if r := last(); r.Found.At.Addr != "a:1" || r.Twin != "b:1" {
			t.Fatalf("at %s, twin at %q", r.Found.At.Addr, r.Twin)
		}
		n.set(func(n *twinNet) { n.slow["a:1"] = 500 * time.Millisecond }) // the other one answers sooner
		for range 20 {
			time.Sleep(5 * time.Second)
			if r := last(); r.Failure != nil || r.Found.At.Addr != "a:1" || r.Found.Status.Started != "monday" {
				t.Fatalf("the tile jumped to %+v", r)
			}
		}
		n.set(func(n *twinNet) { delete(n.started, "b:1") })
		time.Sleep(15 * time.Second)
		if r := last(); r.Twin != "" {
			t.Errorf("the twin that is gone is at %q", r.Twin)
		}
		n.set(func(n *twinNet) { delete(n.started, "a:1"); n.started["b:1"] = "wednesday" })
		time.Sleep(15 * time.Second)
		if r := last(); r.Found.At.Addr != "b:1" || r.Twin != "" {
			t.Errorf("the first is gone: at %s, twin at %q", r.Found.At.Addr, r.Twin)
		}
	})
}

func TestOneAgentIsNotItsTwin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &twinNet{started: map[string]string{"a:1": "monday", "b:1": "monday"}, slow: map[string]time.Duration{}}
		w, last := watchOn(t, n.ask, "a:1", "b:1", "c:1")
		time.Sleep(time.Minute)
		if r := last(); r.Twin != "" || r.Failure != nil {
			t.Errorf("two addresses of one agent: %+v", r)
		}
		n.set(func(n *twinNet) { n.asked = 0 })
		time.Sleep(time.Minute)
		if n.set(func(n *twinNet) {}); n.asked > 14 {
			t.Errorf("%d questions a minute", n.asked)
		}
		n.set(func(n *twinNet) { n.started["e:1"], n.others = "friday", "e:1" })
		w.Meet("e:1")
		time.Sleep(time.Minute)
		if r := last(); r.Twin != "" {
			t.Errorf("an agent with another id is a twin: %+v", r)
		}
		n.set(func(n *twinNet) { n.started["d:1"], n.restart = "monday", "d:1" }) // between two questions
		w.Meet("d:1")
		for range 100 {
			time.Sleep(time.Second)
			if r := last(); r.Twin != "" {
				t.Fatalf("started anew: %+v", r)
			}
		}
	})
}

// A copy that says all that the agent says, and sooner, had its tile.
func TestACopyOfAnAgentDoesNotGetItsTile(t *testing.T) {
	for _, answers := range []time.Duration{0, 250 * time.Millisecond, 2500 * time.Millisecond} {
		for _, started := range []string{"monday", "tuesday", ""} {
			synctest.Test(t, func(t *testing.T) {
				n := &twinNet{started: map[string]string{"a:1": "monday"}, slow: map[string]time.Duration{"a:1": answers}}
				w, last := watchOn(t, n.ask, "a:1")
				time.Sleep(time.Minute)
				n.set(func(n *twinNet) { n.started["b:1"] = started })
				for range 60 {
					w.Meet("b:1")
					w.Poke()
					time.Sleep(time.Second)
					if r := last(); r.Failure != nil || r.Found.At.Addr != "a:1" {
						t.Fatalf("the copy, started %q, has the tile of an agent that answers after %v: %+v", started, answers, r)
					}
				}
				n.set(func(n *twinNet) { delete(n.started, "a:1") })
				time.Sleep(15 * time.Second)
				if r := last(); r.Found.At.Addr != "b:1" {
					t.Errorf("the first is gone: at %q", r.Found.At.Addr)
				}
			})
		}
	}
}

// The app was closed meanwhile: it asks first where the agent was.
func TestACopyOfARememberedAgentDoesNotGetItsTile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &twinNet{started: map[string]string{"a:1": "monday", "b:1": "monday"}, slow: map[string]time.Duration{"a:1": 400 * time.Millisecond}}
		w, last := watchOn(t, n.ask)
		w.Keep("a:1", "b:1")
		w.Poke()
		time.Sleep(5 * time.Second)
		if r := last(); r.Found.At.Addr != "a:1" {
			t.Errorf("at %q", r.Found.At.Addr)
		}
	})
}
