package frames

import (
	"context"
	"time"
)

// enter counts one viewer more.
func (h *Hub) enter() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.viewers++
	if h.viewers == 1 {
		close(h.occupied)
		h.vacant = make(chan struct{})
	}
}

// leave counts one viewer less.
func (h *Hub) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.viewers--
	if h.viewers == 0 {
		close(h.vacant)
		h.occupied = make(chan struct{})
	}
}

// Watched reports whether there is a viewer.
func (h *Hub) Watched() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.viewers > 0
}

// WaitDemand returns nil as soon as there is a viewer, or ctx's error.
func (h *Hub) WaitDemand(ctx context.Context) error {
	occupied, _ := h.presence()
	select {
	case <-occupied:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// WaitIdle returns nil once there was no viewer for d without a break, or ctx's
// error. A negative d never ends.
func (h *Hub) WaitIdle(ctx context.Context, d time.Duration) error {
	if d < 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	for {
		_, vacant := h.presence()
		select {
		case <-vacant:
		case <-ctx.Done():
			return ctx.Err()
		}
		if h.staysVacant(ctx, d) {
			return ctx.Err()
		}
	}
}

// staysVacant waits for d and reports whether no viewer came meanwhile. It
// returns early when one did, or when ctx ends.
func (h *Hub) staysVacant(ctx context.Context, d time.Duration) bool {
	occupied, _ := h.presence()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-occupied:
	case <-timer.C:
	case <-ctx.Done():
	}
	// Asked anew: of two things that happen at once, select takes any.
	select {
	case <-occupied:
		return false
	default:
		return true
	}
}

// presence returns a channel that is closed as soon as there is a viewer, and
// one that is closed as soon as there is none.
func (h *Hub) presence() (occupied, vacant <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.occupied, h.vacant
}
