package gridapi

import (
	"context"
	"reflect"
	"sync"
	"time"

	"pigrid/desktop/tasks"
)

// board holds the state that the page was last sent, with its number. Numbers go up,
// also from one start of the app to the next.
type board struct {
	changed tasks.Signal

	posting sync.Mutex // held while a state is made, so that none overtakes another

	mu     sync.Mutex
	number uint64
	state  State
	at     time.Time // when the numbers in it were last posted
}

// newBoard returns a board whose numbers begin with the time.
func newBoard(now time.Time) *board {
	return &board{number: uint64(now.UnixMilli())}
}

// post replaces the state by what read returns, if the page should hear of it. atOnce:
// a person waits.
func (b *board) post(read func() State, atOnce bool) {
	b.posting.Lock()
	defer b.posting.Unlock()
	s, at := read(), time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if ago := at.Sub(b.at); (atOnce || !isCrowded(s, ago)) && worthTelling(b.state, s, ago) {
		b.state, b.at = s, at
		b.number++
		b.changed.Notify()
	}
}

// read returns the state and its number.
func (b *board) read() (uint64, State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.number, b.state
}

// Next returns the state and its number when that is another than known, at the
// latest when ctx ends.
func (s *Server) Next(ctx context.Context, known uint64) (uint64, State) {
	for {
		changed := s.board.changed.Wait()
		if number, state := s.board.read(); number != known || ctx.Err() != nil {
			return number, state
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// isCrowded reports whether there are so many cameras that the page needs more time
// for the state before.
func isCrowded(s State, ago time.Duration) bool {
	return ago < time.Duration(len(s.Cameras)-manyTiles)*tellEach
}

// worthTelling reports whether the page should hear of s.
func worthTelling(last, s State, ago time.Duration) bool {
	if !reflect.DeepEqual(withoutNumbers(last), withoutNumbers(s)) {
		return true
	}
	return ago >= numbersEvery && !reflect.DeepEqual(last, s)
}
