package web

import (
	"sync"
	"time"
)

// seldomEvery is how often a warning about a limit is repeated.
const seldomEvery = time.Minute

// seldom keeps what can happen a thousand times a second out of the log. The zero
// value is ready for use, also concurrently.
type seldom struct {
	mu   sync.Mutex
	last time.Time
}

// now reports whether it is time to say it, which is then said.
func (s *seldom) now() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); s.last.IsZero() || now.Sub(s.last) >= seldomEvery {
		s.last = now
		return true
	}
	return false
}
