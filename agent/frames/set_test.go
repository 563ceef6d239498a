package frames

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
)

func ids(s *Set) string {
	var all string
	for _, h := range s.All() {
		all += h.Camera().ID
	}
	return all
}

func TestSet(t *testing.T) {
	s := &Set{}
	if _, ok := s.Get(""); ok {
		t.Error("a camera in an empty set")
	}
	a := s.Add(NewHub(Camera{ID: "a"}))
	s.Add(NewHub(Camera{ID: "b"}))
	s.Add(NewHub(Camera{ID: "c"}))
	if again := s.Add(NewHub(Camera{ID: "a"})); again != a {
		t.Error("a camera was added twice")
	}
	before := s.All()
	if h, ok := s.Get(""); !ok || h != a {
		t.Error("the first camera is not the first added")
	}
	if h, ok := s.Get("b"); !ok || h.Camera().ID != "b" {
		t.Error("b is not found")
	}
	s.Remove("a")
	s.Remove("a")
	s.Remove("unknown")
	s.Add(NewHub(Camera{ID: "a"}))
	if got := ids(s); got != "bca" {
		t.Errorf("order %s", got)
	}
	if len(before) != 3 || before[0] != a || before[1].Camera().ID != "b" {
		t.Error("an earlier list has changed")
	}
}

// TestRemoveTwice: a Hub that comes back and goes again is no reason to panic.
func TestRemoveTwice(t *testing.T) {
	s := &Set{}
	h := NewHub(thirty)
	for range 2 {
		s.Add(h)
		s.Remove(thirty.ID)
	}
}

func TestRemoveEndsViewers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Set{}
		h := s.Add(NewHub(thirty))
		var viewers sync.WaitGroup
		for range 3 {
			viewers.Go(func() {
				v := h.Join(t.Context(), 0)
				defer v.Leave()
				if _, err := v.Next(); !errors.Is(err, ErrGone) {
					t.Errorf("error %v", err)
				}
			})
		}
		synctest.Wait()
		s.Remove(thirty.ID)
		viewers.Wait()
	})
}
