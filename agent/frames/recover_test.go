package frames

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/shared/api"
)

func TestMode(t *testing.T) {
	h := NewHub(thirty)
	if m := h.Status(time.Now()).Mode; m != nil {
		t.Errorf("mode %+v before it is known", m)
	}
	mode := &api.Mode{Width: 1640, Height: 1232}
	h.SetMode(mode)
	if m := h.Status(time.Now()).Mode; m != mode {
		t.Errorf("mode %+v", m)
	}
}

// TestWarning: it stays while pictures come and go.
func TestWarning(t *testing.T) {
	h := NewHub(thirty)
	p := &api.Problem{Code: "ai_missing"}
	h.SetWarning(p)
	h.Publish(jpeg, time.Now())
	h.SetState(api.Idle, nil)
	if s := h.Status(time.Now()); s.Warning != p || s.Error != nil {
		t.Errorf("warning %+v, error %+v", s.Warning, s.Error)
	}
	h.SetWarning(nil)
	if s := h.Status(time.Now()); s.Warning != nil {
		t.Errorf("warning %+v", s.Warning)
	}
}

// TestSince: frames tell how long the camera has been on.
func TestSince(t *testing.T) {
	h := NewHub(thirty)
	start := time.Unix(1e9, 0)
	for on := range 2 {
		first := start.Add(time.Duration(on) * time.Minute)
		for i := range 3 {
			h.Publish(jpeg, first.Add(time.Duration(i)*time.Second))
			if f := h.Newest(); !f.Since.Equal(first) {
				t.Errorf("frame %d since %v, want %v", i, f.Since, first)
			}
		}
		h.Clear()
	}
}

// TestAwait: everybody waits for the first camera and for those that come with
// it, nobody for one that comes later.
func TestAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Set{}
		refused := func(what string) {
			t.Helper()
			short, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := s.Await(short); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", what, err)
			}
		}
		waits := func(want time.Duration, cameras int) {
			start := time.Now()
			if err := s.Await(t.Context()); err != nil || time.Since(start) != want || len(s.All()) != cameras {
				t.Errorf("waited %v for %d cameras, error %v; want %v, %d", time.Since(start), len(s.All()), err, want, cameras)
			}
		}
		refused("no camera")
		for range 3 {
			go waits(time.Minute, 2)
		}
		time.Sleep(59 * time.Second)
		s.Change(func() {
			s.Add(NewHub(Camera{ID: "a"}))
			refused("a camera, and another one to come")
			s.Add(NewHub(Camera{ID: "b"}))
		})
		synctest.Wait()
		waits(0, 2)
		s.Add(NewHub(Camera{ID: "c"}))
		waits(0, 3)
		s.Change(func() {
			go waits(time.Second, 1)
			for _, id := range []string{"a", "b", "c"} {
				s.Remove(id)
			}
			time.Sleep(time.Second)
			s.Add(NewHub(Camera{ID: "d"}))
		})
		synctest.Wait()
		s.Change(func() {}) // nothing new is no reason to wait
		waits(0, 1)
	})
}
