package frames

import (
	"context"
	"slices"
	"sync"
)

// Set holds the Hubs of all cameras of an agent, in a stable order. It is safe
// for concurrent use.
type Set struct {
	mu    sync.RWMutex
	hubs  []*Hub
	first chan struct{} // closed by the next Add; nil while nobody waits
}

// AwaitFirst waits until there is a camera: an agent answers requests
// before it has found out what is plugged in. It returns ctx's error.
func (s *Set) AwaitFirst(ctx context.Context) error {
	s.mu.Lock()
	if len(s.hubs) > 0 {
		s.mu.Unlock()
		return nil
	}
	if s.first == nil {
		s.first = make(chan struct{})
	}
	first := s.first
	s.mu.Unlock()
	select {
	case <-first:
		return nil
	case <-ctx.Done():
		return ctx.Err()
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
	if s.first != nil {
		close(s.first)
		s.first = nil
	}
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
