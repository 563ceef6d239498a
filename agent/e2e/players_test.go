package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/shared/mjpeg"
)

// nginxConf is a proxy as people write it: nothing said about buffering.
const nginxConf = `
daemon off;
master_process off;
pid %[1]s/pid;
error_log stderr notice;
events {}
http {
	access_log off;
	client_body_temp_path %[1]s; proxy_temp_path %[1]s; fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;
	server {
		listen unix:%[1]s/socket;
		location / { proxy_pass %[2]s; }
	}
}
`

// TestNginxInFront: a proxy with its default buffering holds no frame back. It
// talks HTTP/1.0 to the agent. Unless told not to, it keeps a picture's last
// bytes until the next picture comes: two seconds at this rate.
func TestNginxInFront(t *testing.T) {
	t.Parallel()
	a := start(t, nil, "--source", "pattern", "--framerate", "0.5")
	dir := t.TempDir()
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, dir, a.url), 0o600); err != nil {
		t.Fatal(err)
	}
	proxy := exec.Command("nginx", "-c", conf, "-p", dir, "-e", "stderr")
	log, err := proxy.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	// It says its version once it listens.
	lines, said := bufio.NewScanner(log), ""
	for !strings.Contains(said, ": nginx/") && lines.Scan() {
		said += lines.Text() + "\n"
	}
	drained := make(chan struct{})
	go func() { defer close(drained); _, _ = io.Copy(io.Discard, log) }()
	t.Cleanup(func() { _ = proxy.Process.Kill(); <-drained; _ = proxy.Wait() })
	if !strings.Contains(said, ": nginx/") {
		t.Fatalf("nginx does not listen: %s", said)
	}

	socket := filepath.Join(dir, "socket")
	client := exec.CommandContext(t.Context(), "curl", "-sSN", "--max-time", "40", "--unix-socket", socket, "http://pi/video")
	out, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Process.Kill(); _ = client.Wait() }()
	frames, err := mjpeg.NewReader(out, mjpeg.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	var ages []time.Duration
	for range 6 {
		f, err := frames.Next()
		if err != nil {
			t.Fatal(err)
		}
		seconds, err := strconv.ParseFloat(f.Header.Get(mjpeg.TimestampHeader), 64)
		if err != nil {
			t.Fatal(err)
		}
		ages = append(ages, time.Since(time.UnixMicro(int64(seconds*1e6))))
	}
	if p50 := slices.Sorted(slices.Values(ages))[len(ages)/2]; p50 > time.Second {
		t.Errorf("pictures came %v after they were taken", ages)
	}
}

const openCV = `
import sys, time, cv2
stream = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG)
assert stream.isOpened(), "cannot open"
n, end = 0, time.time() + float(sys.argv[2])
while time.time() < end:
    ok, picture = stream.read()
    assert ok, "no picture after %d" % n
    assert picture.shape == (480, 640, 3), picture.shape
    n += 1
print(n)
`

func TestOpenCVPlays(t *testing.T) {
	t.Parallel()
	env, _ := withCamera(t)
	a := start(t, env)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/usr/bin/python3", "-c", openCV, a.url+"/video", fmt.Sprint(playTime.Seconds()))
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &said)
	}
	if n, err := strconv.Atoi(string(bytes.TrimSpace(out))); err != nil || n < 100 {
		t.Errorf("%s pictures in %v at 30 fps (%v)", out, playTime, err)
	}
}

// TestVLCPlays has VLC write what it receives into a file: its pictures must
// be the camera's. VLC refuses to run as root.
func TestVLCPlays(t *testing.T) {
	t.Parallel()
	env, _ := withCamera(t)
	a := start(t, env)
	if c, said := playVLC(t, a.url+"/video"); c.Frames < 100 {
		t.Errorf("%+v in %v at 30 fps: %s", c, playTime, said)
	}
}

// playVLC plays an address for playTime and returns what it wrote and said.
func playVLC(t *testing.T, url string) (mjpeg.Counts, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "pigrid-vlc") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o777); err != nil { //nolint:gosec // VLC may run as nobody
		t.Fatal(err)
	}
	file := filepath.Join(dir, "stream.mjpeg")
	ctx, cancel := context.WithTimeout(t.Context(), playTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/usr/bin/vlc", "-I", "dummy", "--no-audio", "--sout", "#std{access=file,mux=mpjpeg,dst="+file+"}", url)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: nobody(t)}
	}
	out, err := cmd.CombinedOutput()
	if ctx.Err() == nil {
		t.Fatalf("it ended by itself: %v: %s", err, out)
	}
	got, err := os.Open(file)
	if err != nil {
		return mjpeg.Counts{}, string(out)
	}
	defer got.Close()
	frames := mjpeg.NewScanner(got, nil)
	for {
		if _, _, err := frames.Next(); err == io.EOF { //nolint:errorlint // documented as such
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return frames.Counts(), string(out)
}

func nobody(t *testing.T) *syscall.Credential {
	t.Helper()
	who, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}
