package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"
)

// TestWhoReadsTheLogGoesAway, as in `pigrid-agent 2>&1 | head -1`: the agent goes on.
func TestWhoReadsTheLogGoesAway(t *testing.T) {
	env, _ := withCamera(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "--listen=127.0.0.1:0", "--state-dir="+t.TempDir(), "--mdns=false", "--log-level=debug", "--idle-timeout=0s")
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	w.Close()
	lines := bufio.NewScanner(r)
	var address []string
	for address == nil && lines.Scan() {
		address = listening.FindStringSubmatch(lines.Text())
	}
	r.Close()
	if address == nil {
		t.Fatal("the agent does not listen")
	}
	for range 3 {
		get(t, "http://"+address[1]+"/snapshot.jpg?settle=0") // starts a camera and logs that
		firstFrame(t, "http://"+address[1]+"/video")
	}
	get(t, "http://"+address[1]+"/healthz")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the agent ended with %v", err)
	}
}

// TestNoRoomForTheLog, as in `pigrid-agent 2>log` on a full card: the agent goes on.
func TestNoRoomForTheLog(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	env, _ := withCamera(t)
	dir := shortDir(t)
	cmd := exec.Command(binary, "--listen=127.0.0.1:0", "--state-dir="+dir, "--mdns=false", "--log-level=debug")
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = full, full
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	var url []string
	eventually(t, "it says where it is", func() bool {
		out, _ := exec.Command(binary, "status", "--state-dir", dir).Output()
		url = regexp.MustCompile(`(?m)^Open (\S+)/$`).FindStringSubmatch(string(out))
		return url != nil
	})
	firstFrame(t, url[1]+"/video")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the agent ended with %v", err)
	}
}

// shortDir is a folder whose path leaves room for a socket's name (unix(7)).
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pigrid")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// eventually waits until it is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for timeout := time.After(20 * time.Second); !so(); {
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatalf("not so: %s", what)
		}
	}
}
