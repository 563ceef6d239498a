package process

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/fakecam"
	"pigrid/shared/api"
)

// scripted is a source over a program of which only the pipes are real. The
// program ends at SIGINT.
func scripted() (src *Program, stdout *io.PipeWriter, end chan struct{}) {
	r, stdout := io.Pipe()
	end = make(chan struct{})
	src = &Program{
		Reasons: []Reason{
			Entry(`failed to acquire camera|Device or resource busy`, api.CodeCameraBusy, "The camera is used by another program.", "Close it."),
			Entry(`frontend has timed out`, api.CodeFrontendTimeout, "The camera stopped delivering pictures.", "Check its cable."),
		},
		Argv: func() ([]string, error) { return []string{"/usr/bin/rpicam-vid"}, nil },
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
		err := src.Run(ctx, func([]byte, time.Time) {
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
		err := src.Run(t.Context(), func([]byte, time.Time) { taken++ }, nil)
		if f, ok := errors.AsType[*capture.Failure](err); !ok || f.Problem.Code != api.CodeEnded || taken != 10 {
			t.Errorf("%d frames, ended with %v", taken, err)
		}
	})
}

func TestBusyNamesTheOtherProgram(t *testing.T) {
	src, stdout, end := scripted()
	src.Explain = func(p api.Problem, _ []string) api.Problem {
		return Holder{Program: "motion (process 345)"}.Because(p)
	}
	start := src.start
	src.start = func(argv []string, stderr io.Writer) (*process, error) {
		_, _ = io.WriteString(stderr, "failed to acquire camera\n")
		return start(argv, stderr)
	}
	_ = stdout.Close()
	close(end)
	err := src.Run(t.Context(), func([]byte, time.Time) {}, nil)
	if f, ok := errors.AsType[*capture.Failure](err); !ok || f.Problem.Code != api.CodeCameraBusy || !strings.Contains(f.Problem.Message, "motion (process 345)") {
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
				err := src.Run(t.Context(), func([]byte, time.Time) {}, nil)
				if f, ok := errors.AsType[*capture.Failure](err); !ok || f.Problem.Message != test.want {
					t.Errorf("ended with %v, want %q", err, test.want)
				}
			})
		})
	}
}

func TestGraceIsShortAtTheEnd(t *testing.T) {
	for cause, want := range map[error]time.Duration{nil: exitGrace, errors.New("terminated"): exitGrace, capture.ErrIdle: stopGrace} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		if got := grace(ctx); got != want {
			t.Errorf("ended by %v: %v, want %v", cause, got, want)
		}
	}
}
