package feed

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/endpoint"
	"pigrid/shared/mjpeg"
)

// fast is a camera that gives more than the grid shows.
var fast = Target{Endpoint: endpoint.HTTP("192.168.1.2:8080"), Path: "/cameras/x/video", Rate: 30}

// watchLarge behaves like a page that shows the tile large until told otherwise.
func watchLarge(t *testing.T, f *Feed) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			f.Want(Rendition{})
			select {
			case <-time.After(500 * time.Millisecond):
			case <-done:
				return
			}
		}
	}()
	stop = func() {
		select {
		case <-done:
		default:
			close(done)
		}
		<-ended
	}
	t.Cleanup(stop)
	return stop
}

func TestGridAsksForTenFramesPerSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		to := fast
		to.Path = "/video?advance=0"
		f.SetTarget(to)
		c.after(time.Second)
		if got := c.saw().dialled[0]; got != "192.168.1.2:8080/video?advance=0&fps=10" {
			t.Errorf("dialled %s", got)
		}
		c.send(100, 100*time.Millisecond, false)
		wantState(t, f, cameras.Live) // 10 of 30 is what was asked
	})
}

func TestSlowIsHalfOfWhatWasAsked(t *testing.T) {
	for _, tt := range []struct {
		name         string
		camera, fps  float64
		large        bool
		want         cameras.State
		anotherAsked string
	}{
		{"grid, 4 of 10", 30, 4, false, cameras.Slow, "?fps=10"},
		{"grid, 6 of 10", 30, 6, false, cameras.Live, "?fps=10"},
		{"large, 14 of 30", 30, 14, true, cameras.Slow, ""},
		{"large, 16 of 30", 30, 16, true, cameras.Live, ""},
		{"grid, 3 of a camera's own 5", 5, 3, false, cameras.Live, ""},
		{"grid, 2 of a camera's own 5", 5, 2, false, cameras.Slow, ""},
		{"a rate that nobody knows", 0, 1, false, cameras.Live, "?fps=10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c, _ := start(t)
				if tt.large {
					watchLarge(t, f)
					c.after(0)
				}
				to := fast
				to.Rate = tt.camera
				f.SetTarget(to)
				c.after(time.Second)
				if got := c.saw().dialled[0]; got != to.Addr+to.Path+tt.anotherAsked {
					t.Errorf("dialled %s", got)
				}
				c.send(int(12*tt.fps), time.Duration(float64(time.Second)/tt.fps), false)
				wantState(t, f, tt.want)
			})
		})
	}
}

// TestAnotherRateWithoutAGap: the new connection is opened beside the old one,
// which ends at the first frame of the new one.
func TestAnotherRateWithoutAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(fast)
		c.after(time.Second)
		c.send(20, 100*time.Millisecond, false)
		stop := watchLarge(t, f)
		c.after(0)
		small := c.saw().streams[0]
		if got := c.saw(); len(got.dialled) != 2 || got.dialled[1] != fast.Addr+fast.Path || got.closed != 0 {
			t.Fatalf("dialled %v, %d closed", got.dialled, got.closed)
		}
		c.sendOn(small, 5, 100*time.Millisecond, false)
		if seq := f.Frame().Seq; seq != 25 || c.saw().closed != 0 {
			t.Fatalf("frame %d while the new connection has none, %d closed", seq, c.saw().closed)
		}
		wantState(t, f, cameras.Live)
		c.send(1, 33*time.Millisecond, false)
		if seq := f.Frame().Seq; seq != 26 || c.saw().closed != 1 {
			t.Errorf("frame %d, %d closed at the first frame of the new connection", seq, c.saw().closed)
		}
		if _, err := small.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("the old connection is still read: %v", err)
		}
		wantState(t, f, cameras.Live)
		c.send(200, 33*time.Millisecond, false)
		if fps := f.Facts().FPS; fps < 29 || fps > 31 {
			t.Errorf("%v fps", fps)
		}
		if first := time.Since(f.Facts().FirstFrame); first < 9*time.Second {
			t.Errorf("live for %v only", first)
		}

		stop()
		c.send(30, 33*time.Millisecond, false)
		if n := len(c.saw().dials); n != 2 {
			t.Fatalf("%d dials after a short look elsewhere", n)
		}
		c.send(33, 33*time.Millisecond, false)
		if got := c.saw(); len(got.dialled) != 3 || !strings.HasSuffix(got.dialled[2], "?fps=10") {
			t.Fatalf("dialled %v", got.dialled)
		}
		c.send(5, 100*time.Millisecond, false)
		if got := c.saw(); got.closed != 2 || got.most != 2 || f.cfg.Group.Failing() != 0 {
			t.Errorf("%d closed, %d open at once", got.closed, got.most)
		}
		wantState(t, f, cameras.Live)
	})
}

// TestFirstFrameOfAnotherRateIsNotShownTwice: an agent begins with the newest
// frame it has, which may have come over the old connection already.
func TestFirstFrameOfAnotherRateIsNotShownTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(fast)
		c.after(time.Second)
		c.send(20, 100*time.Millisecond, false)
		watchLarge(t, f)
		c.after(0)
		old := mjpeg.NewPart(c.jpeg, time.Now().Add(-50*time.Millisecond), false)
		go func(w io.Writer) { _, _ = w.Write(append([]byte(mjpeg.Opening), old.Standard...)) }(c.saw().stream)
		c.after(time.Second)
		if seq := f.Frame().Seq; seq != 20 || c.saw().closed != 1 {
			t.Errorf("frame %d, %d closed", seq, c.saw().closed)
		}
		c.send(1, 33*time.Millisecond, false)
		if seq := f.Frame().Seq; seq != 21 {
			t.Errorf("frame %d", seq)
		}
	})
}

func TestAnotherRateInVain(t *testing.T) {
	for _, tt := range []struct {
		name     string
		vain     func(*camera)
		min, max int // dials in half a minute
	}{
		{"refused", func(c *camera) { c.refuse = &cameras.Failure{Reason: cameras.ReasonBusy, Status: 503} }, 4, 5},
		{"no headers", func(c *camera) { c.header = time.Hour }, 2, 2}, // the client gives up by itself
		{"headers, no frames", func(*camera) {}, 3, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c, _ := start(t)
				f.SetTarget(fast)
				c.after(time.Second)
				small := c.saw().stream
				c.sendOn(small, 5, 100*time.Millisecond, false)
				c.set(tt.vain)
				watchLarge(t, f)
				for range 300 {
					c.sendOn(small, 1, 100*time.Millisecond, false)
					wantState(t, f, cameras.Live)
				}
				if n := len(c.saw().dials); n < tt.min || n > tt.max || c.saw().most > 2 {
					t.Errorf("%d dials in half a minute, %d open at once", n, c.saw().most)
				}
				if f.Frame().Seq != 305 || f.cfg.Group.Failing() != 0 {
					t.Errorf("frame %d, %d failing", f.Frame().Seq, f.cfg.Group.Failing())
				}
			})
		})
	}
}

func TestAnotherRateIsGivenUpWithTheWishOrTheStream(t *testing.T) {
	for name, end := range map[string]func(c *camera, small *io.PipeWriter, stop func()){
		"the wish": func(c *camera, small *io.PipeWriter, stop func()) {
			stop()
			c.sendOn(small, 30, 100*time.Millisecond, false)
		},
		"the stream": func(_ *camera, small *io.PipeWriter, _ func()) { _ = small.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c, _ := start(t)
				f.SetTarget(fast)
				c.after(time.Second)
				small := c.saw().stream
				c.sendOn(small, 5, 100*time.Millisecond, false)
				stop := watchLarge(t, f)
				c.after(0)
				end(c, small, stop)
				c.after(100 * time.Millisecond)
				if _, err := c.saw().streams[1].Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
					t.Errorf("the connection that was opened beside it is still open: %v", err)
				}
			})
		})
	}
}

func TestThroughput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, unwant := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		if got := f.Facts().BytesPerSecond; got != 0 {
			t.Errorf("%v bytes/s of nothing", got)
		}
		part := mjpeg.NewPart(c.jpeg, time.Now(), false)
		c.send(16, 100*time.Millisecond, false)
		want := float64(10 * (len(part.Standard) + len(mjpeg.Opening)))
		if got := f.Facts().BytesPerSecond; got < want*0.9 || got > want*1.1 {
			t.Errorf("after 1.6 s %v bytes/s, want %v", got, want)
		}
		c.send(60, 100*time.Millisecond, false)
		if got := f.Facts().BytesPerSecond; got < want*0.95 || got > want*1.05 {
			t.Errorf("%v bytes/s, want %v", got, want)
		}
		unwant()
		c.after(time.Hour)
		if got := f.Facts().BytesPerSecond; got != 0 {
			t.Errorf("%v bytes/s of a closed stream", got)
		}
	})
}

// TestRenewedBesideWhatGivesFrames: after a sleep or on another network nobody
// knows whether the connection lives.
func TestRenewedBesideWhatGivesFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(target)
		c.after(time.Second)
		c.send(20, 100*time.Millisecond, false)
		f.Renew()
		c.after(0)
		if got := c.saw(); len(got.dials) != 2 || got.closed != 0 {
			t.Fatalf("%d dials, %d closed", len(got.dials), got.closed)
		}
		c.sendOn(c.saw().streams[0], 3, 100*time.Millisecond, false)
		c.send(3, 100*time.Millisecond, false)
		if got := c.saw(); f.Frame().Seq != 26 || got.closed != 1 || len(got.dials) != 2 {
			t.Errorf("frame %d, %d closed, %d dials", f.Frame().Seq, got.closed, len(got.dials))
		}
		wantState(t, f, cameras.Live)
	})
}

// TestForeignIsRenewedOneAfterTheOther: it may serve a single viewer.
func TestForeignIsRenewedOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c, _ := start(t)
		f.SetTarget(foreign)
		c.after(time.Second)
		c.send(20, 100*time.Millisecond, false)
		f.Renew()
		c.after(0)
		if got := c.saw(); len(got.dials) != 2 || got.closed != 1 || got.most != 1 {
			t.Errorf("%d dials, %d closed, %d open at once", len(got.dials), got.closed, got.most)
		}
		c.send(2, 100*time.Millisecond, false)
		wantState(t, f, cameras.Live)
	})
}
