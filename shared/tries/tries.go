// Package tries says when an address logs in wrongly too often.
package tries

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// freeTries of one address are answered at once, then one each tryEvery.
	freeTries = 5
	tryEvery  = 2 * time.Second
	// maxTried is how many addresses are remembered.
	maxTried = 1024
)

// Tries counts wrong logins of each address. It refuses to say more than that they
// come too fast: right ones pass at any time, because a whole household may be
// behind one address. The zero value is ready, and safe for concurrent use.
type Tries struct {
	mu   sync.Mutex
	next map[netip.Addr]time.Time // when the bucket of an address would be full again
}

// Wrong counts a wrong login from an address. It returns how long the address has
// to wait before its next wrong one is answered as such, 0 for not at all.
func (t *Tries) Wrong(from netip.Addr, now time.Time) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.next[from]; !known && len(t.next) >= maxTried {
		t.forget(now)
	}
	if t.next == nil {
		t.next = map[netip.Addr]time.Time{}
	}
	full := t.next[from]
	if full.Before(now) {
		full = now
	}
	full = full.Add(tryEvery)
	if late := full.Sub(now) - freeTries*tryEvery; late > 0 {
		return late // a refused one costs no more
	}
	t.next[from] = full
	return 0
}

// forget drops addresses whose bucket is full, or the fullest one. It needs mu.
func (t *Tries) forget(now time.Time) {
	var first netip.Addr
	for from, full := range t.next {
		if !full.After(now) {
			delete(t.next, from)
		} else if !first.IsValid() || full.Before(t.next[first]) {
			first = from
		}
	}
	if len(t.next) >= maxTried {
		delete(t.next, first)
	}
}
