package app

import "sync"

// notifier wakes everybody who waits. It costs nothing while nobody does.
type notifier struct {
	mu      sync.Mutex
	waiting chan struct{}
}

func newNotifier() *notifier { return &notifier{} }

// wait returns a channel that is closed at the next notify.
func (n *notifier) wait() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.waiting == nil {
		n.waiting = make(chan struct{})
	}
	return n.waiting
}

func (n *notifier) notify() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.waiting != nil {
		close(n.waiting)
		n.waiting = nil
	}
}
