// Package reveal shows files in the system's file manager.
package reveal

import (
	"os/exec"
)

// InFolder shows a file in its folder. The file manager is the person's: it stays open
// when the app ends.
func InFolder(path string) error {
	cmd := command(path)
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // some are there until their window is closed
	return nil
}

func run(name string, args ...string) *exec.Cmd {
	return exec.Command(name, args...) //nolint:noctx // it is not ended by us
}
