package process

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"pigrid/agent/capture/capturetest"
)

func TestLockersAreSeen(t *testing.T) {
	dev := capturetest.WithDevices(t)
	media := func(names ...string) (files []string) {
		for _, name := range names {
			files = append(files, filepath.Join(dev, name))
		}
		return files
	}
	capturetest.OtherProgram(t, filepath.Join(dev, "media0"))
	if got := lockers("/proc", media("media1", "media0", "media0")); !slices.Equal(got, []string{strconv.Itoa(os.Getpid())}) {
		t.Errorf("locked by %q, want this process, %d", got, os.Getpid())
	}
	if got := lockers("/proc", append(media("media1", "media9"), "")); len(got) > 0 {
		t.Errorf("what nobody locked is locked by %q", got)
	}
}
