package exec

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/fakecam"
	"pigrid/agent/frames"
	"pigrid/shared/api"
)

func drivers(t *testing.T, command string) []capture.Driver {
	t.Helper()
	d, err := New(command)
	if err != nil {
		t.Fatal(err)
	}
	return []capture.Driver{d}
}

func TestABadCommandEndsTheAgent(t *testing.T) {
	_, err := New(`prog "open`)
	if err == nil || !strings.Contains(err.Error(), "quote") {
		t.Errorf("error %v", err)
	}
}

func TestExecSource(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	command := filepath.Join(filepath.Dir(startLog), fakecam.ProgramName) + " -t 0 -o -"
	capturetest.Managed(t, capture.Config{Drivers: drivers(t, command), IdleTimeout: time.Minute}, startLog, func(set *frames.Set) {
		v := capturetest.Camera(t, set, "exec").Join(t.Context(), 0)
		defer v.Leave()
		if _, err := v.Next(); err != nil {
			t.Fatal(err)
		}
	})
	capturetest.Managed(t, capture.Config{Drivers: drivers(t, "no-such-program --x"), IdleTimeout: -1}, startLog, func(set *frames.Set) {
		capturetest.ExpectState(t, capturetest.Camera(t, set, "exec"), api.Failed, api.CodeProgramMissing)
	})
}

// TestAnExecSourceThatIsTooSlowIsToldOfItsRate: cables are not to blame.
func TestAnExecSourceThatIsTooSlowIsToldOfItsRate(t *testing.T) {
	startLog, faultFile := capturetest.Installed(t)
	capturetest.Write(t, faultFile, string(fakecam.Stall)+" 1")
	command := filepath.Join(filepath.Dir(startLog), fakecam.ProgramName) + " -t 0 -o -"
	capturetest.Managed(t, capture.Config{Drivers: drivers(t, command), IdleTimeout: time.Minute}, startLog, func(set *frames.Set) {
		hub := capturetest.Camera(t, set, "exec")
		defer hub.Join(t.Context(), 0).Leave()
		capturetest.ExpectState(t, hub, api.Stalled, api.CodeStalled)
		if _, p := hub.State(); p == nil || !strings.Contains(p.Hint, "--framerate") || strings.Contains(p.Hint, "cable") {
			t.Errorf("it says %+v", p)
		}
	})
}

func TestSplit(t *testing.T) {
	tests := []struct {
		in   string
		want []string // nil: refused
	}{
		{"ffmpeg -i /dev/video0 -f mjpeg -", []string{"ffmpeg", "-i", "/dev/video0", "-f", "mjpeg", "-"}},
		{`prog "two words" 'and "these"' a\ b`, []string{"prog", "two words", `and "these"`, "a b"}},
		{"echo $HOME `id` *.jpg ; reboot", []string{"echo", "$HOME", "`id`", "*.jpg", ";", "reboot"}},
		{`prog "open`, nil},
		{"   ", nil},
	}
	for _, tt := range tests {
		got, err := Split(tt.in)
		if !slices.Equal(got, tt.want) || (err == nil) != (tt.want != nil) {
			t.Errorf("%q: %q, %v", tt.in, got, err)
		}
	}
}

func FuzzSplitCommand(f *testing.F) {
	f.Add(`ffmpeg -i "a b" -`)
	f.Add(`a 'b`)
	f.Add("\\")
	f.Add(" ")
	f.Fuzz(func(t *testing.T, text string) {
		args, err := Split(text)
		if (err == nil) != (len(args) > 0) {
			t.Fatalf("%q: %q, %v", text, args, err)
		}
	})
}
