package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
	"pigrid/shared/api"
	"pigrid/shared/mjpeg"
)

// playTime is how long each client plays.
const playTime = 10 * time.Second

func TestCurlPlays(t *testing.T) {
	t.Parallel()
	env, _ := withCamera(t)
	a := start(t, env)
	out, err := exec.CommandContext(t.Context(), "curl", "-sS", "--max-time", fmt.Sprint(playTime.Seconds()), a.url+"/video").Output()
	if code := exitCode(err); code != 28 { // 28: --max-time reached, which is what ends a stream
		t.Fatalf("curl ended with %d: %v", code, err)
	}
	r, err := mjpeg.NewReader(bytes.NewReader(out), mjpeg.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	frames := 0
	for {
		f, err := r.Next()
		if err != nil {
			break
		}
		frames++
		if !bytes.Contains(fakecam.Frames(), f.JPEG) {
			t.Fatalf("frame %d is not one the camera has sent", frames)
		}
	}
	if r.Broken() != 0 || frames < 20 { // a slow machine may be late, but it plays
		t.Errorf("%d frames, %d broken, in %v at 30 fps", frames, r.Broken(), playTime)
	}
}

func exitCode(err error) int {
	if exit, ok := err.(*exec.ExitError); ok { //nolint:errorlint // Output wraps nothing
		return exit.ExitCode()
	}
	return 0
}

func TestFFmpegPlays(t *testing.T) {
	t.Parallel()
	env, _ := withCamera(t)
	a := start(t, env)
	for _, args := range [][]string{
		{"-i", a.url + "/video"},
		{"-f", "mpjpeg", "-strict_mime_boundary", "1", "-i", a.url + "/video"},
	} {
		args = append([]string{"-hide_banner", "-nostdin", "-loglevel", "warning", "-err_detect", "explode", "-xerror"}, args...)
		args = append(args, "-t", fmt.Sprint(playTime.Seconds()), "-f", "null", "-")
		out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput()
		if err != nil || strings.Contains(string(out), "rror") {
			t.Errorf("ffmpeg %v: %v\n%s", args, err, out)
		}
	}
}

// TestFFmpegRecordsAtTheSpeedOfReality runs the line that the README tells to
// record with. MJPEG over HTTP carries no times that ffmpeg knows: unless told
// otherwise it takes each picture for a 25th of a second, ten seconds at 5 fps
// for two.
func TestFFmpegRecordsAtTheSpeedOfReality(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`(?m)^ffmpeg (.*) http://\S+/video (.*)$`).FindSubmatch(readme)
	if told == nil {
		t.Fatal("the README does not tell how to record")
	}
	env, _ := withCamera(t)
	a := start(t, env)
	get(t, a.url+"/snapshot.jpg?settle=0") // the camera is on
	args := append(strings.Fields(string(told[1])), a.url+"/video?fps=5")
	args = append(args, strings.Fields(string(told[2]))...)
	ctx, cancel := context.WithTimeout(t.Context(), playTime)
	defer cancel()
	record := exec.CommandContext(ctx, "ffmpeg", args...)
	record.Dir = t.TempDir()
	record.Cancel = func() error { return record.Process.Signal(syscall.SIGINT) }
	record.WaitDelay = 20 * time.Second
	if out, err := record.CombinedOutput(); ctx.Err() == nil {
		t.Fatalf("it ended by itself: %v: %s", err, out)
	}
	file := filepath.Join(record.Dir, args[len(args)-1])
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-loglevel", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if ratio := seconds / playTime.Seconds(); err != nil || ratio < 0.5 || ratio > 1.5 {
		t.Errorf("%v of reality play for %s s (%v)", playTime, out, err)
	}
}

func TestStatusAndSnapshotOfARecordedCamera(t *testing.T) {
	env, _ := withCamera(t)
	a := start(t, env, "--name", "Küche")
	body := get(t, a.url+"/snapshot.jpg")
	if !bytes.Contains(fakecam.Frames(), body) {
		t.Errorf("the snapshot of %d bytes is not a frame of the camera", len(body))
	}
	var status api.Status
	if err := json.Unmarshal(get(t, a.url+api.StatusPath), &status); err != nil {
		t.Fatal(err)
	}
	if status.Name != "Küche" || len(status.Cameras) != 1 || status.Cameras[0].ID != "imx708" || status.Cameras[0].State != api.Live {
		t.Errorf("status is %+v", status)
	}
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{DisableKeepAlives: true}
	answer, err := (&http.Client{Transport: tr, Timeout: 10 * time.Second}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %s", url, answer.Status, err, body)
	}
	return body
}

// TestCtrlCEndsEverything covers each way to end the agent while it is watched.
func TestCtrlCEndsEverything(t *testing.T) {
	// Under nohup the tests ignore SIGHUP, and whatever they start would, too.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		env, dir := withCamera(t)
		if sig == syscall.SIGTERM {
			if err := os.WriteFile(filepath.Join(dir, "fault"), []byte(fakecam.IgnoreSIGINT), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		a := start(t, env)
		get(t, a.url+"/snapshot.jpg")
		if d := a.stop(t, sig); d > 2*time.Second {
			t.Errorf("%v: the end took %v", sig, d)
		}
		if pids := children(t, dir); len(pids) == 0 || anyRunning(pids) {
			t.Errorf("%v: of the camera processes %v one is left", sig, pids)
		}
	}
}

func children(t *testing.T, dir string) []int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "starts"))
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for line := range strings.Lines(string(data)) {
		var pid int
		if _, err := fmt.Sscan(line, &pid); err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

// anyRunning reports whether one of the processes is still the stand-in, or what
// that left behind; numbers are used again.
func anyRunning(pids []int) bool {
	for _, pid := range pids {
		cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // empty for a zombie
		if err == nil && (strings.Contains(string(cmdline), "/"+fakecam.ProgramName+"\x00") || string(cmdline) == "sleep\x00300\x00") {
			return true
		}
	}
	return false
}

// TestMaxViewers: what the flag says reaches who serves.
func TestMaxViewers(t *testing.T) {
	a := start(t, nil, "--source", "pattern", "--max-viewers", "1")
	ask := func() (status int, retryAfter string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.url+"/video", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer.StatusCode, answer.Header.Get("Retry-After")
	}
	if status, _ := ask(); status != http.StatusOK {
		t.Errorf("the first viewer gets %d", status)
	}
	if status, again := ask(); status != http.StatusServiceUnavailable || again == "" {
		t.Errorf("the second viewer gets %d, Retry-After %q", status, again)
	}
}
