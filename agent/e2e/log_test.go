package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"testing"
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
