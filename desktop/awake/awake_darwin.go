package awake

import (
	"context"
	"os"
	"os/exec"
	"strconv"
)

// Keep keeps the screen on until ctx ends or this program does.
func Keep(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "caffeinate", "-d", "-w", strconv.Itoa(os.Getpid()))
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }()
	return nil
}
