package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"pigrid/shared/mjpeg"
)

// halfCV plays a stream whose pictures must have half of 640x480.
var halfCV = strings.Replace(openCV, "(480, 640, 3)", "(240, 320, 3)", 1)

// TestProgramsPlaySmallerPictures has each program read a recorded camera in half
// its size: all pictures have that size, and decode without a complaint.
func TestProgramsPlaySmallerPictures(t *testing.T) {
	t.Parallel()
	env, _ := withCamera(t)
	a := start(t, env)
	url := a.url + "/video?width=320"

	t.Run("curl", func(t *testing.T) {
		t.Parallel()
		out, err := exec.CommandContext(t.Context(), "curl", "-sS", "--max-time", fmt.Sprint(playTime.Seconds()), url).Output()
		if code := exitCode(err); code != 28 {
			t.Fatalf("curl ended with %d: %v", code, err)
		}
		r, err := mjpeg.NewReader(bytes.NewReader(out), mjpeg.ContentType)
		if err != nil {
			t.Fatal(err)
		}
		frames := 0
		for f, err := r.Next(); err == nil; f, err = r.Next() {
			frames++
			if w, h, ok := mjpeg.Size(f.JPEG); !ok || w != 320 || h != 240 {
				t.Fatalf("picture %d has %d×%d", frames, w, h)
			}
		}
		if r.Broken() != 0 || frames < 20 {
			t.Errorf("%d frames, %d broken, in %v at 30 fps", frames, r.Broken(), playTime)
		}
	})
	t.Run("ffmpeg", func(t *testing.T) {
		t.Parallel()
		out, err := exec.CommandContext(t.Context(), "ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "warning", "-err_detect", "explode", "-xerror",
			"-i", url, "-t", fmt.Sprint(playTime.Seconds()), "-f", "null", "-").CombinedOutput()
		if err != nil || strings.Contains(string(out), "rror") {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("OpenCV", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, "/usr/bin/python3", "-c", halfCV, url, fmt.Sprint(playTime.Seconds()))
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, &said)
		}
		if n, err := strconv.Atoi(string(bytes.TrimSpace(out))); err != nil || n < 100 {
			t.Errorf("%s pictures in %v at 30 fps (%v)", out, playTime, err)
		}
	})
	t.Run("VLC", func(t *testing.T) {
		t.Parallel()
		if c, said := playVLC(t, url); c.Frames < 100 {
			t.Errorf("%+v in %v at 30 fps: %s", c, playTime, said)
		}
	})
}

// TestBrowsersPlaySmallerPictures: every engine shows the pictures one after the other.
func TestBrowsersPlaySmallerPictures(t *testing.T) {
	a := start(t, nil, "--source", "pattern", "--framerate", "5")
	for _, browser := range []string{"Chromium", "Firefox", "WebKit"} {
		t.Run(browser, func(t *testing.T) {
			s := newScreen(t)
			show(t, s, browser, a.url+"/video?width=320")
			look(t, s)
			if width := s.strip.Dx(); width > 400 { // 640 in full size, and edges blur
				t.Errorf("the strip across the picture is %d pixels wide", width)
			}
		})
	}
}
