package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/capture/fakecam"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// scripted is a source over a program of which only the pipes are real. The
// program ends at SIGINT.
func scripted() (src *program, stdout *io.PipeWriter, end chan struct{}) {
	r, stdout := io.Pipe()
	end = make(chan struct{})
	src = &program{
		now: time.Now, ending: func() bool { return false }, reasons: reasons("/dev"),
		argv: func() ([]string, error) { return []string{"/usr/bin/rpicam-vid"}, nil },
		start: func([]string, io.Writer) (*process, error) {
			return &process{stdout: r, done: end, signal: func(os.Signal) { close(end) }}, nil
		},
	}
	return src, stdout, end
}

// TestCaptureEndsAfterItsFrames: while a frame is handed over, the session is
// not over, and after it no other one comes.
func TestCaptureEndsAfterItsFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, stdout, _ := scripted()
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			_, _ = stdout.Write(fakecam.Frames()) // ten of them
			_ = stdout.Close()
		}()
		taken := 0
		start := time.Now()
		err := src.capture(ctx, func([]byte, time.Time) {
			taken++
			cancel()
			time.Sleep(time.Second)
		}, nil)
		if !errors.Is(err, context.Canceled) || taken != 1 || time.Since(start) != time.Second {
			t.Errorf("%d frames, ended after %v with %v; want one frame, handed over before the end", taken, time.Since(start), err)
		}
	})
}

// TestCaptureReadsOnAfterTheProgram: what it wrote last is still delivered.
func TestCaptureReadsOnAfterTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, stdout, end := scripted()
		close(end)
		go func() {
			time.Sleep(time.Second)
			_, _ = stdout.Write(fakecam.Frames())
			_ = stdout.Close()
		}()
		taken := 0
		err := src.capture(t.Context(), func([]byte, time.Time) { taken++ }, nil)
		if f, ok := errors.AsType[*failure](err); !ok || f.problem.Code != api.CodeEnded || taken != 10 {
			t.Errorf("%d frames, ended with %v", taken, err)
		}
	})
}

func TestBusyNamesTheOtherProgram(t *testing.T) {
	src, stdout, end := scripted()
	src.more = func(p api.Problem, _ []string) api.Problem {
		return holder{program: "motion (process 345)"}.because(p)
	}
	start := src.start
	src.start = func(argv []string, stderr io.Writer) (*process, error) {
		_, _ = io.WriteString(stderr, "failed to acquire camera\n")
		return start(argv, stderr)
	}
	_ = stdout.Close()
	close(end)
	err := src.capture(t.Context(), func([]byte, time.Time) {}, nil)
	if f, ok := errors.AsType[*failure](err); !ok || f.problem.Code != api.CodeCameraBusy || !strings.Contains(f.problem.Message, "motion (process 345)") {
		t.Errorf("ended with %v", err)
	}
}

// TestOldWordsAreNotTheReason: what a program said before pictures came has
// passed; what it said around the last one is why it ended.
func TestOldWordsAreNotTheReason(t *testing.T) {
	for name, test := range map[string]struct {
		before, after string // pictures come for a minute
		want          string
	}{
		"nothing":     {"", "", "rpicam-vid ended."},
		"trouble":     {"Device or resource busy\n", "", "rpicam-vid ended."},
		"an upload":   {"Network Firmware Upload: 100% (1624/1624 KB)\r", "", "rpicam-vid ended."},
		"a new one":   {"", "Camera frontend has timed out!\n", "The camera stopped delivering pictures."},
		"an odd word": {"Odd.\n", "Strange.\n", "rpicam-vid ended, and said: Strange."},
		"half a word": {"", "Segm", "rpicam-vid ended, and said: Segm."},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src, stdout, end := scripted()
				start := src.start
				src.start = func(argv []string, stderr io.Writer) (*process, error) {
					go func() {
						_, _ = io.WriteString(stderr, test.before)
						time.Sleep(time.Minute)
						_, _ = stdout.Write(fakecam.Frames())
						_, _ = io.WriteString(stderr, test.after)
						_ = stdout.Close()
						close(end)
					}()
					return start(argv, stderr)
				}
				err := src.capture(t.Context(), func([]byte, time.Time) {}, nil)
				if f, ok := errors.AsType[*failure](err); !ok || f.problem.Message != test.want {
					t.Errorf("ended with %v, want %q", err, test.want)
				}
			})
		})
	}
}

func TestGraceIsShortAtTheEnd(t *testing.T) {
	for ending, want := range map[bool]time.Duration{true: exitGrace, false: stopGrace} {
		if got := (&program{ending: func() bool { return ending }}).grace(); got != want {
			t.Errorf("agent ends %v: %v, want %v", ending, got, want)
		}
	}
}

func TestFailuresSayTheirCause(t *testing.T) {
	busy := api.Problem{Message: "Busy."}
	if got := (&failure{problem: busy}).Error(); got != "Busy." {
		t.Errorf("%q", got)
	}
	if got := (&failure{busy, io.ErrUnexpectedEOF}).Error(); got != fmt.Sprintf("Busy. (%v)", io.ErrUnexpectedEOF) {
		t.Errorf("%q", got)
	}
}

func TestAStoppedWatchdogIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		barked := false
		dog := newWatchdog(frames.Camera{Framerate: 1}, func() { barked = true })
		dog.stop()
		time.Sleep(time.Hour)
		synctest.Wait()
		if barked {
			t.Error("it barked")
		}
	})
}
