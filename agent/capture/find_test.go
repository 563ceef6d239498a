package capture

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/frames"
	"pigrid/agent/identity"
)

// TestCamerasAreListedEverMoreRarely while there are none; what changes brings
// the next looks back.
func TestCamerasAreListedEverMoreRarely(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	dev := t.TempDir()
	plug(t, dev, "usb-Grabber-video-index0", "video0")
	synctest.Test(t, func(t *testing.T) {
		ids, err := identity.OpenCameraIDs("")
		if err != nil {
			t.Fatal(err)
		}
		var lists atomic.Int64
		m := New(Config{
			Cameras: &frames.Set{}, IDs: ids, Log: quiet(), Source: Auto, LookEvery: time.Second, DeviceDir: dev,
			Options: func(string) Options { return Options{} }, Name: func(string) string { return "" },
			queryWebcam: func(string) ([]webcamMode, error) { lists.Add(1); return nil, nil },
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); _ = m.Run(ctx) }()
		expect := func(what string, want int64) {
			t.Helper()
			synctest.Wait()
			if n := lists.Swap(0); n != want {
				t.Errorf("%s: listed %d times, want %d", what, n, want)
			}
		}
		expect("at the start", 1)
		time.Sleep(10 * time.Second) // after 1, 2 and 4 seconds more
		expect("in ten seconds", 3)
		time.Sleep(10 * time.Minute)
		expect("in ten minutes", 11) // after 8, 16 and 32 seconds more, then each 64
		write(t, filepath.Join(dev, "media0"), "")
		time.Sleep(time.Second)
		expect("after a change", 1)
		time.Sleep(10 * time.Second)
		expect("in the ten seconds after it", 3)
		cancel()
		<-done
	})
}

// TestAProgramThatComesIsAChange: it is not waited for as rarely as cameras.
func TestAProgramThatComesIsAChange(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	m := New(Config{LookEvery: 5 * time.Millisecond, DeviceDir: t.TempDir()})
	for _, name := range []string{"rpicam-vid", "ffmpeg"} {
		seen := m.surroundings()
		if err := os.WriteFile(filepath.Join(bin, name), nil, 0o700); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if !m.awaitReason(ctx, seen, 0) {
			t.Errorf("nobody noticed that %s was installed", name)
		}
		cancel()
	}
}
