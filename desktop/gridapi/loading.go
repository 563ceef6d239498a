package gridapi

import (
	"sync"
	"time"
)

const (
	// loadPatience is how long a large picture waits for others that are loaded.
	loadPatience = 1500 * time.Millisecond
	// maxLoading is how many large pictures all pages together load at once. Each keeps up
	// to 32 MB.
	maxLoading = 4
)

// loading lets large pictures through: one at a time for each page, so that it can paint,
// and a few for all, so that a slow page holds up no other. The zero value is not ready.
type loading struct {
	all chan struct{}

	mu    sync.Mutex
	pages map[string]*turn // of the pages that load or wait
}

// turn is whose picture a page loads.
type turn struct {
	taken chan struct{}
	users int
}

func newLoading() *loading {
	return &loading{all: make(chan struct{}, maxLoading), pages: map[string]*turn{}}
}

// enter waits until the page loads no other large picture and not too many are loaded. It
// gives up when the page does, or end is closed: nobody says that a question is over, and
// those that nobody waits for any more would come before all others. The picture is
// loaded when leave is called.
func (l *loading) enter(page string, end <-chan struct{}) (leave func(), ok bool) {
	patience := time.NewTimer(loadPatience)
	defer patience.Stop()
	mine := l.turnOf(page)
	if !enter(mine.taken, patience.C, end) {
		l.drop(page)
		return nil, false
	}
	next := func() { <-mine.taken; l.drop(page) }
	if !enter(l.all, patience.C, end) {
		next()
		return nil, false
	}
	return func() { <-l.all; next() }, true
}

func enter(room chan<- struct{}, late <-chan time.Time, end <-chan struct{}) bool {
	select {
	case room <- struct{}{}:
		return true
	case <-late:
	case <-end:
	}
	return false
}

func (l *loading) turnOf(page string) *turn {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.pages[page]
	if t == nil {
		t = &turn{taken: make(chan struct{}, 1)}
		l.pages[page] = t
	}
	t.users++
	return t
}

func (l *loading) drop(page string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.pages[page]; t.users > 1 {
		t.users--
	} else {
		delete(l.pages, page)
	}
}
