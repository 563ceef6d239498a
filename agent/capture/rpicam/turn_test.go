package rpicam

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/capture"
	"pigrid/shared/api"
)

// TestStartsRunTogetherAndListsAlone in fake time.
func TestStartsRunTogetherAndListsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		begin := time.Now()
		after := func(what string, want time.Duration) {
			t.Helper()
			if got := time.Since(begin); got != want {
				t.Errorf("%s after %v, want %v", what, got, want)
			}
		}
		take := func(what string, f func(context.Context) (func(), error), want, keep time.Duration) {
			go func() {
				done, err := f(t.Context())
				if err != nil {
					t.Error(what, err)
					return
				}
				after(what, want)
				time.Sleep(keep)
				done()
				done()
			}()
			synctest.Wait()
		}
		take("the first start", all.start, 0, 2*time.Second)
		take("a start beside it", all.start, 0, 3*time.Second)
		take("a list", all.list, 3*time.Second, time.Second)
		take("a start behind it", all.start, 4*time.Second, time.Second)
		time.Sleep(time.Minute)
		synctest.Wait()
		begin = time.Now()
		take("a list later", all.list, 0, 0)
	})
}

// TestListsRunOneByOne, in any order.
func TestListsRunOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		begin, running := time.Now(), 0
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				done, err := all.list(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				defer done()
				if running++; running > 1 {
					t.Errorf("%d lists run", running)
				}
				time.Sleep(time.Second)
				running--
			})
		}
		wg.Wait()
		if d := time.Since(begin); d != 3*time.Second {
			t.Errorf("three lists took %v", d)
		}
	})
}

type session = func(ctx context.Context, frame func([]byte, time.Time), line func(string)) error

// nobody is a sink that looks at nothing.
type nobody struct{}

func (nobody) Frame([]byte, time.Time)       {}
func (nobody) Preparing(string, api.Problem) {}
func (nobody) Warn(*api.Problem)             {}
func (nobody) Mode(*api.Mode)                {}

// TestAListWaitsUntilTheCameraIsTaken: until the program says how it has set it
// up, a frame comes, it ends, or it says nothing for long.
func TestAListWaitsUntilTheCameraIsTaken(t *testing.T) {
	runs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, test := range map[string]struct {
		start session
		want  time.Duration
	}{
		"it says so": {func(ctx context.Context, _ func([]byte, time.Time), line func(string)) error {
			time.Sleep(time.Second)
			line("Mode selection for 640:480:12:P")
			time.Sleep(time.Second)
			line("INFO Camera camera.cpp:1216 configuring streams: (0) 640x480-YUV420/sYCC")
			return runs(ctx)
		}, 2 * time.Second},
		"a frame comes": {func(ctx context.Context, frame func([]byte, time.Time), _ func(string)) error {
			time.Sleep(3 * time.Second)
			frame(nil, time.Now())
			return runs(ctx)
		}, 3 * time.Second},
		"it ends": {func(context.Context, func([]byte, time.Time), func(string)) error {
			time.Sleep(time.Second)
			return nil
		}, time.Second},
		"it is not said": {func(ctx context.Context, _ func([]byte, time.Time), _ func(string)) error { return runs(ctx) }, acquireTime},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := New("")
				s := &stream{run: test.start, driver: d, asked: func() capture.Options { return capture.Options{} }}
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					if err := s.Wait(ctx); err != nil {
						t.Error(err)
					}
					_ = s.Capture(ctx, nobody{})
				}()
				synctest.Wait()
				begin := time.Now()
				done, err := d.turns.list(t.Context())
				if d := time.Since(begin); err != nil || d != test.want {
					t.Errorf("the list came after %v, error %v; want %v", d, err, test.want)
				}
				done()
				cancel()
				<-ended
			})
		})
	}
}

// TestWhoGivesUpWaitingHoldsNobodyUp.
func TestWhoGivesUpWaitingHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		done, err := all.start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := all.list(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a list beside a start: %v", err)
		}
		other, err := all.start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		other()
		done()
		list, err := all.list(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		short, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := all.start(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a start beside a list: %v", err)
		}
		list()
	})
}
