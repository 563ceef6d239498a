package web

import (
	"context"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	// requestsEach is how many requests of one address are answered in a second,
	// after a burst of that many. Those beyond wait: there are only so many
	// connections on which they can.
	requestsEach = 100
	// maxPaced is how many addresses are remembered at the same time.
	maxPaced = 1024
)

// pacer spreads the requests of each address over time: to answer one takes
// milliseconds of a small Pi's processor, which its camera needs.
type pacer struct {
	each int // of one address, in a second and in a burst

	mu   sync.Mutex
	next map[netip.Addr]time.Time // when it is time for an address's next request, at an even pace
}

// wait returns how long a request of an address has to wait.
func (p *pacer) wait(of netip.Addr, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.next) >= maxPaced {
		p.forget(now)
	}
	if p.next == nil {
		p.next = map[netip.Addr]time.Time{}
	}
	due := p.next[of]
	if ago := now.Add(-time.Second); due.Before(ago) {
		due = ago
	}
	p.next[of] = due.Add(time.Second / time.Duration(p.each))
	return due.Sub(now)
}

// soon is wait for what is not worth waiting for long: ok is false, and nothing is
// counted, when it would be more than the time of a burst and as long again.
func (p *pacer) soon(of netip.Addr, now time.Time) (wait time.Duration, ok bool) {
	p.mu.Lock()
	late := p.next[of].Sub(now) > time.Second
	p.mu.Unlock()
	if late {
		return 0, false
	}
	return p.wait(of, now), true
}

// forget drops addresses that have not asked for a while, all when that is not
// enough. It needs mu.
func (p *pacer) forget(now time.Time) {
	for of, due := range p.next {
		if now.Sub(due) >= time.Second {
			delete(p.next, of)
		}
	}
	if len(p.next) >= maxPaced {
		clear(p.next)
	}
}

// pace has requests wait that come too fast, at most until ctx ends.
func (s *Server) pace(ctx context.Context) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			client := clientOf(r)
			if wait := s.pacer.wait(client, time.Now()); wait > 0 {
				if s.hasty.now() {
					s.cfg.Log.Warn("a client asks too often; its answers wait", "client", client, "answers_per_second", requestsEach)
				}
				select {
				case <-time.After(wait):
				case <-ctx.Done():
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}
