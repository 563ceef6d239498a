package frames

import "sync"

// Set holds the Hubs of all cameras of an agent, in a stable order. It is safe
// for concurrent use.
type Set struct {
	mu   sync.RWMutex
	hubs []*Hub
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
	return append([]*Hub(nil), s.hubs...)
}

// Remove takes a camera out and ends its viewers' streams, so that they come
// back and find another one.
func (s *Set) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, h := range s.hubs {
		if h.camera.ID == id {
			s.hubs = append(s.hubs[:i:i], s.hubs[i+1:]...)
			h.close()
			return
		}
	}
}
