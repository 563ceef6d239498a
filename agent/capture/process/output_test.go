package process

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"pigrid/agent/capture/capturetest"
)

// TestAnUnkillableListHoldsNothingUp stands in for one that hangs in a driver.
func TestAnUnkillableListHoldsNothingUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	started := filepath.Join(t.TempDir(), "started")
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", `: >"$0"; exec sleep 300`, started)
	free := make(chan struct{})
	cmd.Cancel = func() error { <-free; return cmd.Process.Kill() }
	defer close(free)
	got := make(chan error, 1)
	go func() {
		_, end, err := outputWithin(ctx, cmd)
		select {
		case <-end:
			err = errors.New("ended")
		default:
		}
		got <- err
	}()
	capturetest.Eventually(t, "the list has begun", 10*time.Second, func() bool { _, err := os.Stat(started); return err == nil })
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Errorf("given up with %v", err)
	}
}
