package frames

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestJoinFresh: the newest frame is shown at once only if it is fresh, else
// the next one is.
func TestJoinFresh(t *testing.T) {
	for name, test := range map[string]struct {
		framerate float64
		age       time.Duration
		atOnce    bool
	}{
		"new":               {30, 0, true},
		"just fresh":        {30, 2*time.Second - 1, true},
		"too old":           {30, 2 * time.Second, false},
		"slow, fresh":       {0.5, 6*time.Second - 1, true},
		"slow, too old":     {0.5, 6 * time.Second, false},
		"no rate, too old":  {0, 3 * time.Second, false},
		"no rate, is fresh": {0, 3*time.Second - 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := NewHub(Camera{Framerate: test.framerate})
				h.Publish(jpeg, time.Now())
				time.Sleep(test.age)
				time.AfterFunc(time.Second, func() { h.Publish(jpeg, time.Now()) })
				v := h.Join(t.Context(), 0)
				defer v.Leave()
				joined := time.Now()
				f, err := v.Next()
				if err != nil || (f.Seq == 1) != test.atOnce || (time.Since(joined) == 0) != test.atOnce {
					t.Errorf("frame %v after %v, error %v", f, time.Since(joined), err)
				}
				synctest.Wait()
				time.Sleep(time.Second)
			})
		})
	}
}

// TestClearIsNotShown: no frame of before is shown to anybody, and frames
// count on.
func TestClearIsNotShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(thirty)
		h.Publish(jpeg, time.Now())
		old := h.Join(t.Context(), 0)
		defer old.Leave()
		if f, err := old.Next(); err != nil || f.Seq != 1 {
			t.Fatalf("frame %v, error %v", f, err)
		}
		h.Clear()
		young := h.Join(t.Context(), 0)
		defer young.Leave()
		time.AfterFunc(time.Second, func() { h.Publish(jpeg, time.Now()) })
		start := time.Now()
		for _, v := range []*Viewer{young, old} {
			if f, err := v.Next(); err != nil || f.Seq != 2 || time.Since(start) != time.Second {
				t.Errorf("frame %v after %v, error %v", f, time.Since(start), err)
			}
			if v.Skipped() != 0 {
				t.Errorf("%d skipped", v.Skipped())
			}
		}
	})
}

// TestClearHidesWhatWasNotSeen: a viewer that was too slow for the last frame
// before the camera went off waits for the first one after.
func TestClearHidesWhatWasNotSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(thirty)
		v := h.Join(t.Context(), 0)
		defer v.Leave()
		h.Publish(jpeg, time.Now())
		if _, err := v.Next(); err != nil {
			t.Fatal(err)
		}
		h.Publish(jpeg, time.Now())
		h.Clear()
		time.AfterFunc(time.Second, func() { h.Publish(jpeg, time.Now()) })
		if f, err := v.Next(); err != nil || f.empty() || f.Seq != 3 {
			t.Errorf("frame %+v, error %v", f, err)
		}
	})
}

// TestNextWithin: the patience is for this frame only.
func TestNextWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(thirty)
		v := h.Join(t.Context(), 0)
		defer v.Leave()
		start := time.Now()
		if _, err := v.NextWithin(time.Second); !errors.Is(err, ErrNoFrame) || time.Since(start) != time.Second {
			t.Errorf("gave up after %v with %v", time.Since(start), err)
		}
		time.AfterFunc(time.Second, func() { h.Publish(jpeg, time.Now()) })
		if f, err := v.NextWithin(2 * time.Second); err != nil || f.Seq != 1 {
			t.Errorf("frame %v, error %v", f, err)
		}
	})
}

// TestSkips: a viewer gets the newest frame, and what it was too slow for is
// counted once.
func TestSkips(t *testing.T) {
	for name, test := range map[string]struct {
		fps   float64
		busy  time.Duration // how long the viewer takes for each frame
		shown uint64        // in 10 s
		want  uint64
	}{
		"fast":                 {0, 0, 300, 0},
		"just fast enough":     {0, 33 * time.Millisecond, 300, 0},
		"half as fast":         {0, 60 * time.Millisecond, 167, 133},
		"paced, fast":          {10, 0, 100, 0},
		"paced, fast enough":   {10, 80 * time.Millisecond, 100, 0},
		"paced, half as fast":  {10, 180 * time.Millisecond, 56, 44},
		"slow camera's pacing": {120, 0, 300, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := NewHub(thirty)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				go tick(h, 300, time.Second/30)
				v := h.Join(ctx, test.fps)
				defer v.Leave()
				shown := uint64(0)
				for {
					if _, err := v.Next(); err != nil {
						break
					}
					shown++
					time.Sleep(test.busy)
				}
				if diff := int64(shown) - int64(test.shown); diff < -1 || diff > 1 {
					t.Errorf("%d shown, want %d", shown, test.shown)
				}
				if diff := int64(v.Skipped()) - int64(test.want); diff < -1 || diff > 1 {
					t.Errorf("%d skipped, want %d", v.Skipped(), test.want)
				}
				if all := h.Status(time.Now()).Skipped; all != v.Skipped() {
					t.Errorf("the Hub counts %d, the viewer %d", all, v.Skipped())
				}
				time.Sleep(time.Second) // tick ends
			})
		})
	}
}

// TestNextEnds: an ended viewer gets its error, even while there are frames.
func TestNextEnds(t *testing.T) {
	h := NewHub(thirty)
	ctx, cancel := context.WithCancel(t.Context())
	v := h.Join(ctx, 0)
	defer v.Leave()
	h.Publish(jpeg, time.Now())
	cancel()
	if _, err := v.Next(); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	set := &Set{}
	set.Add(h)
	set.Remove(h.Camera().ID)
	late := h.Join(t.Context(), 0)
	defer late.Leave()
	if _, err := late.Next(); !errors.Is(err, ErrGone) {
		t.Errorf("error %v", err)
	}
}
