package frames

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/jpegscale"
)

// sized is a JPEG of a size.
func sized(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// scaler stands for the real one: it takes as long as it is said and counts.
type scaler struct {
	takes time.Duration
	err   error
	calls atomic.Int32
	at    []time.Time
}

func (s *scaler) scale(dst, _ []byte, factor int) ([]byte, error) {
	s.calls.Add(1)
	s.at = append(s.at, time.Now()) // only one is made at a time
	time.Sleep(s.takes)
	if s.err != nil {
		return dst, s.err
	}
	return fmt.Appendf(dst, "1/%d", factor), nil
}

// TestViewersGetTheSizeThatTheyAskFor: the smallest that is not narrower.
func TestViewersGetTheSizeThatTheyAskFor(t *testing.T) {
	full := sized(t, 640, 480)
	for width, want := range map[int]image.Point{
		0: {640, 480}, 1: {80, 60}, 80: {80, 60}, 81: {160, 120}, 235: {320, 240}, 320: {320, 240}, 321: {640, 480}, 9999: {640, 480},
	} {
		h := NewHub(thirty)
		v := h.JoinScaled(t.Context(), 0, width)
		h.Publish(full, time.Now())
		f, err := v.Next()
		if err != nil {
			t.Fatal(err)
		}
		got, err := stdjpeg.DecodeConfig(bytes.NewReader(f.JPEG))
		if err != nil || image.Pt(got.Width, got.Height) != want || image.Pt(f.Width, f.Height) != want {
			t.Errorf("width %d: %dx%d, %dx%d, %v", width, got.Width, got.Height, f.Width, f.Height, err)
		}
		mark := fmt.Appendf(nil, "\r\nX-PiGrid-Size: %dx%d\r\n", want.X, want.Y)
		if bytes.Contains(f.Standard, mark) != (want.X < 640) {
			t.Errorf("width %d: header %q", width, f.Standard[:80])
		}
		if f.Seq != 1 || f.At != h.Newest().At {
			t.Errorf("width %d: frame %d of %v", width, f.Seq, f.At)
		}
		f.Release()
		v.Leave()
	}
}

// TestAFrameIsScaledOnce for all who look at that size, and not if nobody does.
func TestAFrameIsScaledOnce(t *testing.T) {
	full := sized(t, 640, 480)
	synctest.Test(t, func(t *testing.T) {
		h, s := NewHub(thirty), &scaler{takes: time.Millisecond}
		h.scaling.scale = s.scale
		idle := h.JoinScaled(t.Context(), 0, 320) // asks for no frame
		ctx, cancel := context.WithCancel(t.Context())
		var got atomic.Int32
		for range 20 {
			go func() {
				v := h.JoinScaled(ctx, 0, 320)
				defer v.Leave()
				for f, err := v.Next(); err == nil; f, err = v.Next() {
					if string(f.JPEG) == "1/2" {
						got.Add(1)
					}
					f.Release()
				}
			}()
		}
		for range 10 {
			synctest.Wait()
			h.Publish(full, time.Now())
			time.Sleep(33 * time.Millisecond)
		}
		if s.calls.Load() != 10 || got.Load() != 200 {
			t.Errorf("scaled %d times, %d got", s.calls.Load(), got.Load())
		}
		if c := h.Status(time.Now()); len(c.Scaled) != 1 || c.Scaled[0] != (api.Scaled{Width: 320, Height: 240, Viewers: 20, Frames: 10}) || c.Viewers != 21 || c.Skipped != 0 {
			t.Errorf("%+v", c)
		}
		cancel()
		synctest.Wait()
		h.Publish(full, time.Now())
		synctest.Wait()
		if s.calls.Load() != 10 {
			t.Error("scaled for nobody")
		}
		idle.Leave()
		if h.scaling.scale != nil || h.scaling.made != nil || len(h.scaling.sizes) != 0 || h.Status(time.Now()).Scaled != nil {
			t.Errorf("kept: %+v", &h.scaling)
		}
	})
}

// TestOnlyFramesThatAreDueAreScaled: a viewer with a rate of its own costs as much
// as it sees.
func TestOnlyFramesThatAreDueAreScaled(t *testing.T) {
	full := sized(t, 640, 480)
	synctest.Test(t, func(t *testing.T) {
		h, s := NewHub(thirty), &scaler{}
		h.scaling.scale = s.scale
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			v := h.JoinScaled(ctx, 5, 320)
			defer v.Leave()
			for _, err := v.Next(); err == nil; _, err = v.Next() {
				continue
			}
		}()
		for range 60 {
			synctest.Wait()
			h.Publish(full, time.Now())
			time.Sleep(thirty.Interval())
		}
		if n := s.calls.Load(); n < 9 || n > 11 {
			t.Errorf("%d of 60 frames were scaled for 5 of 30 a second", n)
		}
	})
}

// TestASlowScalerDelaysNobodyElse: full-size viewers get every frame when it comes,
// and scaling takes half of the time at most, for two sizes together.
func TestASlowScalerDelaysNobodyElse(t *testing.T) {
	full := sized(t, 640, 480)
	synctest.Test(t, func(t *testing.T) {
		h, s := NewHub(thirty), &scaler{takes: 40 * time.Millisecond}
		h.scaling.scale = s.scale
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		watch := func(width int, got *atomic.Int32) {
			v := h.JoinScaled(ctx, 0, width)
			defer v.Leave()
			for f, err := v.Next(); err == nil; f, err = v.Next() {
				if width == 0 && time.Since(f.At) > 0 {
					t.Errorf("frame %d came %v late", f.Seq, time.Since(f.At))
				}
				got.Add(1)
				f.Release()
			}
			if v.Skipped() > 0 {
				t.Errorf("width %d: %d skipped", width, v.Skipped())
			}
		}
		var whole, half, quarter atomic.Int32
		go watch(0, &whole)
		go watch(320, &half)
		go watch(160, &quarter)
		for range 300 {
			synctest.Wait()
			h.Publish(full, time.Now())
			time.Sleep(thirty.Interval())
		}
		if whole.Load() != 300 {
			t.Errorf("the full-size viewer got %d of 300", whole.Load())
		}
		spent := time.Duration(s.calls.Load()) * s.takes
		if spent > 5200*time.Millisecond || spent < 4*time.Second {
			t.Errorf("scaled for %v of 10 s", spent)
		}
		for i, z := range h.Status(time.Now()).Scaled {
			got := []*atomic.Int32{&half, &quarter}[i].Load()
			if z.Frames < uint64(got) || z.Skipped < 150 || z.Frames+z.Skipped > 300 {
				t.Errorf("%+v, %d got", z, got)
			}
		}
		if skipped := h.Status(time.Now()).Skipped; skipped > 0 {
			t.Errorf("%d frames are said to be skipped by slow viewers", skipped)
		}
	})
}

// TestWhatCannotBeScaledComesAsItIs: at once if it is of another kind; after some
// frames if they are damaged.
func TestWhatCannotBeScaledComesAsItIs(t *testing.T) {
	full := sized(t, 640, 480)
	for name, tt := range map[string]struct {
		err   error
		first uint64
	}{
		"another kind": {fmt.Errorf("it is: %w", jpegscale.ErrCannot), 1},
		"damaged":      {fmt.Errorf("it is: %w", jpegscale.ErrDamaged), mostDamaged},
	} {
		synctest.Test(t, func(t *testing.T) {
			h, s := NewHub(thirty), &scaler{err: tt.err}
			h.scaling.scale = s.scale
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			got := make(chan uint64, 100)
			for range 2 {
				go func() {
					v := h.JoinScaled(ctx, 0, 320)
					defer v.Leave()
					for f, err := v.Next(); err == nil; f, err = v.Next() {
						if f.Width != 640 || !bytes.Equal(f.JPEG, full) {
							t.Errorf("%s: %d wide", name, f.Width)
						}
						got <- f.Seq
						f.Release()
					}
				}()
			}
			const all = mostDamaged + 3
			for range all {
				synctest.Wait()
				h.Publish(full, time.Now())
				time.Sleep(thirty.Interval())
			}
			synctest.Wait()
			if want := 2 * (all + 1 - int(tt.first)); len(got) != want || <-got != tt.first {
				t.Errorf("%s: %d frames, want %d from %d on", name, len(got), want, tt.first)
			}
		})
	}
}

// TestOneDamagedFrameIsLeftOut of a smaller size, and the next is shown.
func TestOneDamagedFrameIsLeftOut(t *testing.T) {
	full := sized(t, 640, 480)
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(thirty)
		v := h.JoinScaled(t.Context(), 0, 320)
		defer v.Leave()
		for i, jpeg := range [][]byte{full, full[:len(full)-20], full} {
			time.AfterFunc(time.Duration(i)*time.Second, func() { h.Publish(jpeg, time.Now()) })
		}
		for _, want := range []uint64{1, 3} {
			if f, err := v.Next(); err != nil || f.Seq != want || f.Width != 320 {
				t.Errorf("%+v, %v", f, err)
			}
		}
	})
}

// TestTheSizeStays: what a stream begins with it keeps, since recorders take no other.
func TestTheSizeStays(t *testing.T) {
	h := NewHub(thirty)
	v := h.JoinScaled(t.Context(), 0, 320)
	defer v.Leave()
	for _, want := range []struct{ width, scaled int }{{640, 320}, {1280, 640}, {320, 160}} {
		h.Publish(sized(t, want.width, want.width/2), time.Now())
		if f, err := v.Next(); err != nil || f.Width != want.scaled {
			t.Errorf("%d wide became %d, %v", want.width, f.Width, err)
		}
	}
}

// TestWaitingForASizeEnds with the request, the camera, or the patience.
func TestWaitingForASizeEnds(t *testing.T) {
	full := sized(t, 640, 480)
	synctest.Test(t, func(t *testing.T) {
		h, s := NewHub(thirty), &scaler{takes: time.Minute}
		h.scaling.scale = s.scale
		h.Publish(full, time.Now())
		go func() {
			v := h.JoinScaled(t.Context(), 0, 320)
			defer v.Leave()
			_, _ = v.Next()
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		ended := h.JoinScaled(ctx, 0, 320)
		defer ended.Leave()
		if _, err := ended.Next(); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		other := h.JoinScaled(t.Context(), 0, 320)
		defer other.Leave()
		h.Publish(full, time.Now())
		if _, err := other.NextWithin(time.Second); !errors.Is(err, ErrNoFrame) {
			t.Error(err)
		}
		h.Publish(full, time.Now())
		time.AfterFunc(time.Second, h.remove)
		if _, err := other.Next(); !errors.Is(err, ErrGone) {
			t.Error(err)
		}
		time.Sleep(time.Minute)
	})
}

// TestAFrameThatWaitedIsNotShownAfterClear: the camera is off, and the frame old.
func TestAFrameThatWaitedIsNotShownAfterClear(t *testing.T) {
	full := sized(t, 640, 480)
	synctest.Test(t, func(t *testing.T) {
		h, s := NewHub(thirty), &scaler{takes: time.Minute}
		h.scaling.scale = s.scale
		h.Publish(full, time.Now())
		first, second := h.JoinScaled(t.Context(), 0, 320), h.JoinScaled(t.Context(), 0, 320)
		defer first.Leave()
		defer second.Leave()
		go func() { _, _ = first.Next() }()
		synctest.Wait()
		h.Publish(full, time.Now())
		time.AfterFunc(time.Second, h.Clear)
		time.AfterFunc(time.Hour, func() { h.Publish(full, time.Now()) })
		if f, err := second.Next(); err != nil || f.Seq != 3 {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

// TestAPanicBlocksNobody: a mistake in one stream is that stream's.
func TestAPanicBlocksNobody(t *testing.T) {
	h := NewHub(thirty)
	h.Publish(sized(t, 640, 480), time.Now())
	v := h.JoinScaled(t.Context(), 0, 320)
	defer v.Leave()
	v.size = h.scaling.enter(2)
	h.scaling.scale = func([]byte, []byte, int) ([]byte, error) { panic("a mistake") }
	func() {
		defer func() { _ = recover() }()
		_, _ = v.Next()
		t.Error("it went on")
	}()
	h.scaling.scale = new(jpegscale.Scaler).Scale
	h.Publish(sized(t, 640, 480), time.Now())
	if f, err := v.NextWithin(10 * time.Second); err != nil || f.Width != 320 {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestSizesComeAndGo: viewers of all sizes that join and leave leave nothing behind.
func TestSizesComeAndGo(t *testing.T) {
	h := NewHub(thirty)
	full := sized(t, 64, 48)
	h.Publish(full, time.Now())
	done := make(chan struct{})
	for width := range 8 {
		go func() {
			defer func() { done <- struct{}{} }()
			for range 200 {
				v := h.JoinScaled(t.Context(), 0, 8*width)
				f, err := v.Next()
				if err != nil {
					t.Error(err)
				} else if f.Width < 8*width {
					t.Errorf("%d wide for %d", f.Width, 8*width)
				}
				f.Release()
				v.Leave()
			}
		}()
	}
	for left := 8; left > 0; {
		select {
		case <-done:
			left--
		default:
			h.Publish(full, time.Now())
		}
	}
	if len(h.scaling.sizes) != 0 || h.scaling.scale != nil || h.Watched() {
		t.Errorf("left behind: %+v", &h.scaling)
	}
}

// TestScaledSnapshot: one frame is scaled for who has no stream.
func TestScaledSnapshot(t *testing.T) {
	h := NewHub(thirty)
	h.Publish(sized(t, 640, 480), time.Now())
	v := h.Join(t.Context(), 0)
	defer v.Leave()
	for _, tt := range []struct{ width, want int }{{320, 320}, {100, 160}, {641, 640}} {
		f := h.Newest()
		if !f.hold() {
			t.Fatal("gone")
		}
		if got := h.Scaled(t.Context(), f, tt.width); got.Width != tt.want {
			t.Errorf("%d wide for %d", got.Width, tt.width)
		} else {
			got.Release()
		}
	}
	if n := h.Newest().holders.Load(); n != 1 {
		t.Errorf("the frame has %d holders", n)
	}
}
