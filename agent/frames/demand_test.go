package frames

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestWaitDemand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(thirty)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := h.WaitDemand(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nobody came: %v", err)
		}
		var v *Viewer
		time.AfterFunc(time.Second, func() { v = h.Join(t.Context(), 0) })
		if err := h.WaitDemand(t.Context()); err != nil {
			t.Error(err)
		}
		for range 50 {
			if h.WaitDemand(ctx) == nil {
				t.Fatal("demand counts although the context has ended")
			}
		}
		synctest.Wait()
		v.Leave()
	})
}

// TestWaitIdle: viewers come and go at the given times; each visit is one pair.
func TestWaitIdle(t *testing.T) {
	type visit struct{ from, to time.Duration }
	const s, idle = time.Second, 30 * time.Second
	for name, test := range map[string]struct {
		visits []visit
		d      time.Duration
		want   time.Duration // 0: does not end within 10 minutes
	}{
		"nobody":                  {nil, idle, 30 * s},
		"one":                     {[]visit{{0, 10 * s}}, idle, 40 * s},
		"back in time":            {[]visit{{0, 10 * s}, {39 * s, 41 * s}}, idle, 71 * s},
		"seen for no time at all": {[]visit{{10 * s, 10 * s}}, idle, 40 * s},
		"two at once":             {[]visit{{0, 10 * s}, {5 * s, 20 * s}}, idle, 50 * s},
		"one takes over":          {[]visit{{0, 10 * s}, {10 * s, 20 * s}}, idle, 50 * s},
		"at once":                 {[]visit{{0, 10 * s}}, time.Nanosecond, 10*s + 1},
		"never":                   {[]visit{{0, 10 * s}}, -1, 0},
		"stays":                   {[]visit{{0, time.Hour}}, idle, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := NewHub(thirty)
				start := time.Now()
				for _, visit := range test.visits {
					go func() {
						time.Sleep(visit.from)
						v := h.Join(t.Context(), 0)
						time.Sleep(visit.to - visit.from)
						v.Leave()
					}()
				}
				synctest.Wait() // for who is there from the beginning
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				err := h.WaitIdle(ctx, test.d)
				if ended := time.Since(start); test.want != 0 && (err != nil || ended != test.want) || test.want == 0 && err == nil {
					t.Errorf("ended after %v, error %v; want %v", ended, err, test.want)
				}
				time.Sleep(2 * time.Hour) // visits end
			})
		})
	}
}

// TestViewerWinsTie: when a viewer comes in the very moment the waiting ends,
// the camera stays on.
func TestViewerWinsTie(t *testing.T) {
	h := NewHub(thirty)
	v := h.Join(t.Context(), 0)
	defer v.Leave()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 {
		if h.staysVacant(ended, 0) {
			t.Fatal("vacant with a viewer")
		}
	}
}

// TestHandOver runs a camera the way its supervisor does: whenever a viewer
// waits, a session runs or begins, however badly the moments fit.
func TestHandOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(thirty)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for h.WaitDemand(ctx) == nil {
				session, end := context.WithCancel(ctx)
				go func() {
					for session.Err() == nil {
						h.Publish(jpeg, time.Now())
						time.Sleep(time.Second / 30)
					}
				}()
				_ = h.WaitIdle(ctx, time.Second)
				end()
				time.Sleep(100 * time.Millisecond) // the process stops
				h.Clear()
			}
		}()
		for pause := time.Duration(0); pause < 1500*time.Millisecond; pause += 10 * time.Millisecond {
			time.Sleep(pause)
			wait, stop := context.WithTimeout(ctx, time.Second)
			v := h.Join(wait, 0)
			if _, err := v.Next(); err != nil {
				t.Errorf("after a pause of %v: %v", pause, err)
			}
			v.Leave()
			stop()
		}
		cancel()
		time.Sleep(time.Minute)
	})
}
