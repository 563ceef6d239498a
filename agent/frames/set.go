package frames

import (
	"context"
	"slices"
	"sync"
)

// Set holds the Hubs of all cameras of an agent, in a stable order. It is safe
// for concurrent use.
type Set struct {
	mu       sync.RWMutex
	hubs     []*Hub
	changing int           // calls of Change that run
	ready    chan struct{} // closed when there is a camera and no Change; nil while nobody waits
}

// Await waits until there is a camera and all that were found with it are there:
// an agent answers requests before it has found out what is plugged in. It
// returns ctx's error.
func (s *Set) Await(ctx context.Context) error {
	for {
		s.mu.Lock()
		if s.complete() {
			s.mu.Unlock()
			return nil
		}
		if s.ready == nil {
			s.ready = make(chan struct{})
		}
		ready := s.ready
		s.mu.Unlock()
		select {
		case <-ready:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Change calls f, which takes cameras out and puts others in: who waits in Await
// sees what was before or all that is after, nothing between.
func (s *Set) Change(f func()) {
	s.count(1)
	defer s.count(-1)
	f()
}

func (s *Set) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changing += n
	s.wake()
}

// complete needs mu.
func (s *Set) complete() bool { return len(s.hubs) > 0 && s.changing == 0 }

// wake ends waiting when the Set is complete; mu is held.
func (s *Set) wake() {
	if s.ready != nil && s.complete() {
		close(s.ready)
		s.ready = nil
	}
}

// Add appends a Hub, unless there is one for this camera id; then that one is
// returned and h is dropped: viewers keep the Hub they joined.
func (s *Set) Add(h *Hub) *Hub {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range s.hubs {
		if old.camera.ID == h.camera.ID {
			return old
		}
	}
	s.hubs = append(s.hubs, h)
	s.wake()
	return h
}

// Get returns the Hub of a camera id; the empty id means the first camera.
func (s *Set) Get(id string) (*Hub, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, h := range s.hubs {
		if id == "" || h.camera.ID == id {
			return h, true
		}
	}
	return nil, false
}

// All returns the Hubs in order.
func (s *Set) All() []*Hub {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.hubs)
}

// Remove takes a camera out and ends its viewers' streams, so that they come
// back and find another one.
func (s *Set) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hubs = slices.DeleteFunc(s.hubs, func(h *Hub) bool {
		if h.camera.ID == id {
			h.remove()
		}
		return h.camera.ID == id
	})
}
