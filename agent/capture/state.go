package capture

import (
	"sync"

	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// writer is the one that writes what a camera does. A session writes through it
// until it is over: what comes too late, a timer's call or a program's last words,
// changes nothing. What a list says counts between sessions, which know better.
type writer struct {
	hub *frames.Hub

	mu  sync.Mutex
	now *sessionRun // nil between sessions
}

// begin gives the camera to a session.
func (w *writer) begin(r *sessionRun) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = r
	w.hub.SetState(api.Starting, nil)
	w.hub.SetWarning(nil)
}

// end takes it back, and says what the camera does now.
func (w *writer) end(s api.State, p *api.Problem) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = nil
	w.hub.SetState(s, p)
	w.hub.Clear()
}

// write calls f unless the session is over.
func (r *sessionRun) write(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == r {
		f()
	}
}

// present notes what a list says: p is why the camera could not be started, and
// fails it while it sleeps. With nil, one that has failed and that nobody watches
// sleeps again: what was wrong is over as far as anybody knows.
func (w *writer) present(p *api.Problem) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now != nil {
		return
	}
	switch state, _ := w.hub.State(); {
	case p != nil && state == api.Idle:
		w.hub.SetState(api.Failed, p)
	case p == nil && (state == api.Failed || state == api.Stalled) && !w.hub.Watched():
		w.hub.SetState(api.Idle, nil)
	}
}
