package frames

import "sync"

// maxSpare is how many frames' memory is kept: while one frame is built, viewers
// are done with the last one or two.
const maxSpare = 2

// memory keeps what frames that nobody has any more were written in. It is safe
// for concurrent use.
type memory struct {
	mu    sync.Mutex
	spare [][]byte
	used  bool // nothing is kept of a camera that gives no frames
}

// take returns memory of no length for at least n bytes, with some room for a
// larger next frame.
func (m *memory) take(n int) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used = true
	for len(m.spare) > 0 {
		last := len(m.spare) - 1
		b := m.spare[last]
		m.spare[last], m.spare = nil, m.spare[:last]
		if cap(b) >= n && cap(b) <= 4*n {
			return b[:0]
		}
	}
	return make([]byte, 0, n+n/8)
}

// give takes back what take returned.
func (m *memory) give(b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used && len(m.spare) < maxSpare {
		m.spare = append(m.spare, b)
	}
}

// drop keeps nothing until the next take.
func (m *memory) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spare, m.used = nil, false
}
