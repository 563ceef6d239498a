package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/frames"
)

// One client that asked as fast as it could had two thirds of two processors.
func TestWhoAsksTooOftenWaits(t *testing.T) {
	p := pacer{each: requestsEach}
	one, two := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fe80::2")
	now := time.Now()
	for i := range requestsEach {
		if d := p.wait(one, now); d > 0 {
			t.Fatalf("question %d waits %v", i, d)
		}
	}
	for i := range 64 {
		if d, most := p.wait(one, now), time.Duration(i+1)*time.Second/requestsEach; d > most || d < most-time.Second/requestsEach {
			t.Errorf("question %d after the burst waits %v", i, d)
		}
	}
	if d := p.wait(two, now); d > 0 {
		t.Errorf("another client waits %v", d)
	}
	if d := p.wait(one, now.Add(2*time.Second)); d > 0 {
		t.Errorf("after a pause it waits %v", d)
	}
}

func TestFewAddressesArePaced(t *testing.T) {
	p := pacer{each: requestsEach}
	now, addr := time.Now(), netip.MustParseAddr("fd00::")
	for range 10 * maxPaced {
		p.wait(addr, now)
		if addr = addr.Next(); len(p.next) > maxPaced {
			t.Fatalf("%d addresses are remembered", len(p.next))
		}
	}
	p.next = map[netip.Addr]time.Time{}
	busy := netip.MustParseAddr("fd01::")
	for range maxPaced {
		p.wait(busy, now.Add(2*time.Second))
		p.wait(addr, now)
		addr = addr.Next()
	}
	if d := p.wait(busy, now.Add(2*time.Second)); d <= 0 {
		t.Error("who asks was forgotten with those who do not")
	}
}

// TestAnswersThatWait come after all, and at the end of the agent at once.
func TestAnswersThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := New(Config{Cameras: &frames.Set{}, Log: slog.New(slog.DiscardHandler)})
		handler := s.pace(ctx)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
		many := func(n int) time.Duration {
			begin := time.Now()
			for range n {
				r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
				if handler.ServeHTTP(w, r); w.Code != http.StatusTeapot {
					t.Fatalf("answer is %d", w.Code)
				}
			}
			return time.Since(begin)
		}
		if d := many(requestsEach + 50); d < 450*time.Millisecond || d > 550*time.Millisecond {
			t.Errorf("50 too many took %v", d)
		}
		cancel()
		if d := many(50); d > 0 {
			t.Errorf("at the end it took %v", d)
		}
	})
}
