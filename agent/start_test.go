package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"pigrid/agent/capture/fakecam"
)

// TestEarlyRequestsSeeEveryCamera: the second one, too, is there for who asks as
// soon as the agent listens.
func TestEarlyRequestsSeeEveryCamera(t *testing.T) {
	dir := t.TempDir()
	if _, err := fakecam.Install(dir); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"PATH": dir, "GORACE": "atexit_sleep_ms=0", // else each stand-in takes a second to end
		fakecam.CamerasEnv: "2", fakecam.LogEnv: filepath.Join(dir, "starts"),
	} {
		t.Setenv(name, value)
	}
	empty := filepath.Join(dir, "agent.toml")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		log, logEnd := io.Pipe()
		done := make(chan error, 1)
		go func() {
			args := []string{"--listen=127.0.0.1:0", "--source=rpicam", "--mdns=false", "--state-dir=" + t.TempDir(), "--config=" + empty, "--log-format=json"}
			done <- execute(ctx, args, nil, io.Discard, logEnd)
			_ = logEnd.Close()
		}()
		lines := bufio.NewScanner(log)
		address := listening(t, lines)
		drained := make(chan struct{})
		go func() {
			defer close(drained)
			for lines.Scan() { // the agent waits for who reads its log
			}
		}()
		if picture := get(t, client, address+"cameras/imx219/snapshot.jpg?settle=0"); len(picture) < 1000 || picture[:2] != "\xff\xd8" {
			t.Errorf("the second camera gives %q", picture)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		<-drained
	}
}
