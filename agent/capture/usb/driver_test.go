package usb

import (
	"context"
	"image"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/fakecam"
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
		m := capture.New(capture.Config{
			Cameras: &frames.Set{}, IDs: ids, Log: capturetest.Quiet(), LookEvery: time.Second,
			Drivers: drivers(dev, func(string) ([]webcamMode, error) { lists.Add(1); return nil, nil }),
			Options: func(string) capture.Options { return capture.Options{} }, Name: func(string) string { return "" },
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
		capturetest.Write(t, filepath.Join(dev, "media0"), "")
		time.Sleep(time.Second)
		expect("after a change", 1)
		time.Sleep(10 * time.Second)
		expect("in the ten seconds after it", 3)
		cancel()
		<-done
	})
}

// TestAProgramThatComesIsASign: ffmpeg is not waited for as rarely as cameras.
func TestAProgramThatComesIsASign(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	d := New(t.TempDir(), capturetest.Quiet())
	without := d.Signs(t.Context())
	if _, err := fakecam.InstallFFmpeg(bin); err != nil {
		t.Fatal(err)
	}
	if with := d.Signs(t.Context()); slices.Equal(with, without) {
		t.Errorf("the signs are %q with ffmpeg and without", with)
	}
}

// TestWebcamsChooseAsEver: their sizes are their own.
func TestWebcamsChooseAsEver(t *testing.T) {
	for asked, want := range map[image.Point]image.Point{
		{}: image.Pt(640, 480), image.Pt(1280, 0): image.Pt(1280, 480), image.Pt(0, 720): image.Pt(640, 720), image.Pt(320, 240): image.Pt(320, 240),
	} {
		if got := orUsual(capture.Options{Width: asked.X, Height: asked.Y}).Size(); got != want {
			t.Errorf("%v: %v, want %v", asked, got, want)
		}
	}
}
