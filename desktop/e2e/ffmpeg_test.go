//go:build linux

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// ffmpeg serves one viewer, labels its stream as octets and sends it in chunks.
func TestFFmpegPlays(t *testing.T) {
	viewer := filepath.Join(t.TempDir(), "viewer")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", viewer, "../gridapi/testdata/viewer").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String() + "/v"
	_ = l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var words bytes.Buffer
	ffmpeg := exec.CommandContext(ctx, "ffmpeg", "-hide_banner", "-loglevel", "error", "-re",
		"-f", "lavfi", "-i", "testsrc=size=320x240:rate=10", "-f", "mpjpeg", "-listen", "1", url)
	ffmpeg.Stderr = &words
	if err := ffmpeg.Start(); err != nil {
		t.Fatal(err)
	}
	app := exec.CommandContext(ctx, viewer)
	stdin, _ := app.StdinPipe()
	stdout, _ := app.StdoutPipe()
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	var adding sync.WaitGroup
	adding.Go(func() { // until ffmpeg listens
		for err := error(nil); err == nil && ctx.Err() == nil; time.Sleep(300 * time.Millisecond) {
			_, err = stdin.Write([]byte(url + "\n"))
		}
	})
	last, live := untilLive(stdout)
	cancel()
	_, _ = app.Wait(), ffmpeg.Wait()
	adding.Wait()
	if !live {
		t.Errorf("at last %s; ffmpeg: %s", last, words.String())
	}
}

// untilLive reads states until the one camera is live; last is the newest.
func untilLive(states io.Reader) (last string, live bool) {
	for lines := bufio.NewScanner(states); lines.Scan(); {
		last = lines.Text()
		var s struct {
			Cameras []struct {
				State string
				FPS   float64
				Width int
			}
		}
		if json.Unmarshal(lines.Bytes(), &s) == nil && len(s.Cameras) == 1 {
			if c := s.Cameras[0]; c.State == "live" && c.FPS > 8 && c.Width == 320 {
				return last, true
			}
		}
	}
	return last, false
}
