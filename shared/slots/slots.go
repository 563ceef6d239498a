// Package slots shares a limited number of streams fairly between addresses.
package slots

import (
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Slots are limited in number. When all are taken, the newest one of the address
// that has most makes room, but only for an address that has fewer also
// afterwards: so one client never keeps out the others, and nobody takes a slot
// in turns.
type Slots struct {
	most int // 0 means no limit

	mu    sync.Mutex
	taken []*Slot // oldest first
}

// New returns so many, 0 for no limit.
func New(most int) *Slots { return &Slots{most: most} }

// Slot is one of them.
type Slot struct {
	Of     netip.Addr
	Camera string // that is watched, as its program calls it
	Since  time.Time

	end func() // ends its stream
}

// Take returns a slot for a client at an address that watches a camera, nil when there is none for it.
// end is called when it must make room; it must not wait. Who made room is
// returned too, nil when nobody had to.
func (s *Slots) Take(of netip.Addr, camera string, end func()) (mine, moved *Slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.most > 0 && len(s.taken) >= s.most {
		i := s.fullest(of)
		if i < 0 {
			return nil, nil
		}
		moved = s.taken[i]
		s.taken = slices.Delete(s.taken, i, i+1)
		moved.end()
	}
	mine = &Slot{of, camera, time.Now(), end}
	s.taken = append(s.taken, mine)
	return mine, moved
}

// Leave gives a slot back. One that made room has none any more.
func (s *Slots) Leave(mine *Slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.taken, mine); i >= 0 {
		s.taken = slices.Delete(s.taken, i, i+1)
	}
}

// fullest returns which slot makes room for a client at an address, -1 for none.
// It needs mu.
func (s *Slots) fullest(newcomer netip.Addr) int {
	has := map[netip.Addr]int{}
	for _, one := range s.taken {
		has[one.Of]++
	}
	found, most := -1, has[newcomer]+1
	for i, one := range s.taken { // the last of those that have as many is the newest
		if has[one.Of] > most || found >= 0 && has[one.Of] == most {
			found, most = i, has[one.Of]
		}
	}
	return found
}

// Taken returns those that are taken, the first to come first.
func (s *Slots) Taken() []Slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Slot, 0, len(s.taken))
	for _, one := range s.taken {
		all = append(all, *one)
	}
	return all
}
