package feed

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/tasks"
)

// newSet returns a Set with n feeds without viewers, which dial nothing.
func newSet(t *testing.T, n int) *Set {
	t.Helper()
	group := tasks.NewGroup()
	t.Cleanup(func() { group.Stop(time.Minute) })
	s := NewSet(SetConfig{Tasks: group, Logger: slog.New(slog.DiscardHandler)})
	s.Look(nil)
	for i := range n {
		s.Ensure(cameras.Camera{Key: fmt.Sprint("k", i)})
	}
	return s
}

func TestAllFeedsMayGoWhileTheyAreRangedOver(t *testing.T) {
	s := newSet(t, 8)
	seen := 0
	for key := range s.All() {
		s.Drop(key)
		s.Ensure(cameras.Camera{Key: "new " + key})
		seen++
	}
	if seen != 8 {
		t.Errorf("%d feeds, want the 8 from the start", seen)
	}
	left := 0
	for range s.All() {
		left++
	}
	if left != 8 || s.Get("k0") != nil || s.Get("new k0") == nil {
		t.Errorf("%d feeds after it, want 8 new ones", left)
	}
}

// Every answer of an agent walks all feeds.
func TestWalkingAllFeedsCopiesNone(t *testing.T) {
	walk := func(n int) float64 {
		s := newSet(t, n)
		return testing.AllocsPerRun(10, func() {
			for key, f := range s.All() {
				if f.cfg.Key != key {
					t.Errorf("the feed of %s is called %s", key, f.cfg.Key)
				}
			}
		})
	}
	if few, many := walk(1), walk(100); many > few {
		t.Errorf("%v allocations for 100 feeds, %v for one", many, few)
	}
}
