package e2e

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// TestFirstFrameReachesTheViewer wakes the camera again and again and says how
// long its first frame takes from the capture program to the viewer.
func TestFirstFrameReachesTheViewer(t *testing.T) {
	env, dir := withCamera(t)
	written := filepath.Join(dir, "first")
	a := start(t, append(env, fakecam.FirstEnv+"="+written), "--idle-timeout", "0s")
	var took []time.Duration
	for range 20 {
		a.await(t, "the camera is off", func(c api.Camera) bool { return c.State == api.Idle })
		frame, at := firstFrame(t, a.url+"/video")
		if !bytes.Contains(fakecam.Frames(), frame) {
			t.Fatal("a frame came that the camera has not sent")
		}
		text, err := os.ReadFile(written)
		if err != nil {
			t.Fatal(err)
		}
		nanos, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		took = append(took, at.Sub(time.Unix(0, nanos)))
	}
	slices.Sort(took)
	t.Logf("first frame at the viewer after the program's own: median %v, longest %v", took[len(took)/2], took[len(took)-1])
}

// firstFrame opens a stream, reads one frame and closes it again.
func firstFrame(t *testing.T, url string) (frame []byte, at time.Time) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	reader, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := reader.Next()
	if err != nil {
		t.Fatal(err)
	}
	return f.JPEG, time.Now()
}
