package frames

import (
	"bytes"
	"context"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

func TestPublishCopiesOnce(t *testing.T) {
	h := NewHub(thirty)
	buffer := bytes.Clone(jpeg)
	at := time.Unix(1e9, 123456000)
	h.Publish(buffer, at)
	buffer[3] = 'X'
	f := h.Newest()
	if !bytes.Equal(f.JPEG, jpeg) || f.Seq != 1 || !f.At.Equal(at) {
		t.Errorf("frame %d of %v: %q", f.Seq, f.At, f.JPEG)
	}
	if want := mjpeg.NewPart(jpeg, at, false); !bytes.Equal(f.Standard, want.Standard) || !bytes.Equal(f.Advance, want.Advance) {
		t.Errorf("part %q", f.Standard)
	}
	ctx := t.Context()
	a, b := h.Join(ctx, 0), h.Join(ctx, 0)
	defer a.Leave()
	defer b.Leave()
	h.Publish(jpeg, time.Now())
	one, err1 := a.Next()
	two, err2 := b.Next()
	if err1 != nil || err2 != nil || one != two {
		t.Error("viewers do not share the frame")
	}
}

func TestState(t *testing.T) {
	h := NewHub(thirty)
	check := func(want api.State, problem bool) {
		t.Helper()
		if state, p := h.State(); state != want || (p != nil) != problem {
			t.Errorf("state %s, problem %v; want %s", state, p, want)
		}
	}
	check(api.Idle, false)
	wrong := &api.Problem{Code: "x"}
	for _, state := range []api.State{api.Failed, api.Stalled} {
		h.SetState(state, wrong)
		check(state, true)
		h.Publish(jpeg, time.Now()) // too late
		check(state, true)
		h.Clear()
	}
	h.SetState(api.Starting, wrong) // it is being prepared
	check(api.Starting, true)
	h.Publish(jpeg, time.Now())
	check(api.Live, false)
	h.Clear()
	check(api.Starting, true) // says who cleared
	if h.Newest() != nil {
		t.Error("a frame after Clear")
	}
}

func TestStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(thirty)
		if s := h.Status(time.Now()); s.ID != "imx708" || s.Name != "Garden" || s.State != api.Idle || s.Framerate != 30 ||
			s.Width != 640 || s.Height != 480 || s.FrameAgeMS != nil || s.FPS != 0 || s.Frames != 0 {
			t.Errorf("new: %+v", s)
		}
		v := h.Join(t.Context(), 0)
		picture, err := os.ReadFile("testdata/48x32.jpg")
		if err != nil {
			t.Fatal(err)
		}
		h.Publish(picture, time.Now())
		time.Sleep(100 * time.Millisecond)
		h.Publish(picture, time.Now())
		h.CountRestart()
		time.Sleep(20 * time.Millisecond)
		if s := h.Status(time.Now()); s.State != api.Live || s.Width != 48 || s.Height != 32 || *s.FrameAgeMS != 20 ||
			s.FPS != 10 || s.Frames != 2 || s.Viewers != 1 || s.Restarts != 1 {
			t.Errorf("live: %+v", s)
		}
		h.Publish(jpeg, time.Now().Add(time.Second)) // a clock that jumps, a size nobody knows
		if s := h.Status(time.Now()); *s.FrameAgeMS != 0 || s.Width != 640 || s.Height != 480 {
			t.Errorf("odd frame: %+v", s)
		}
		v.Leave()
		v.Leave()
		h.Clear()
		if s := h.Status(time.Now()); s.Viewers != 0 || s.FrameAgeMS != nil || s.FPS != 0 || s.Frames != 3 {
			t.Errorf("cleared: %+v", s)
		}
	})
}

// TestEverythingAtOnce is for the race detector: capture ends and begins anew
// while viewers come and go and others ask for the state.
func TestEverythingAtOnce(t *testing.T) {
	h := NewHub(thirty)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for i := range 500 {
				h.Publish(jpeg, time.Now())
				if i%50 == 0 {
					h.Clear()
				}
			}
		})
		all.Go(func() {
			for range 100 {
				h.Status(time.Now())
				h.SetState(api.Stalled, nil)
			}
		})
	}
	var viewers sync.WaitGroup
	for range 8 {
		viewers.Go(func() {
			for ctx.Err() == nil {
				v := h.Join(ctx, 0)
				last := uint64(0)
				for range 20 {
					f, err := v.Next()
					if err != nil {
						break
					}
					if f.Seq <= last || !bytes.Equal(f.JPEG, jpeg) {
						t.Errorf("frame %d after %d: %q", f.Seq, last, f.JPEG)
					}
					last = f.Seq
				}
				v.Leave()
			}
		})
	}
	all.Wait()
	cancel()
	viewers.Wait()
	if s := h.Status(time.Now()); s.Frames != 1000 || s.Viewers != 0 {
		t.Errorf("%d frames, %d viewers", s.Frames, s.Viewers)
	}
}

func TestOnlySlowCamerasStartSlowly(t *testing.T) {
	for framerate, want := range map[float64]time.Duration{0: 0, 30: 0, 2: 0, 0.5: 24 * time.Second, 0.01: 20 * time.Minute} {
		if got := (Camera{Framerate: framerate}).SlowStart(); got != want {
			t.Errorf("%v frames per second: %v, want %v", framerate, got, want)
		}
	}
}
