package camera

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// holder finds a program other than ours that has a camera device open, as far
// as /proc tells this user: the given one, or any for "". It returns "" when
// none is seen.
func holder(proc, device string) string {
	entries, err := os.ReadDir(proc)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() || parent(filepath.Join(proc, e.Name(), "stat")) == os.Getpid() ||
			!holdsCamera(filepath.Join(proc, e.Name(), "fd"), device) {
			continue
		}
		name, err := os.ReadFile(filepath.Join(proc, e.Name(), "comm"))
		if err != nil {
			continue
		}
		return fmt.Sprintf("%s (process %d)", printable(string(name)), pid)
	}
	return ""
}

// parent reads the parent's pid out of a stat file (proc_pid_stat(5)), 0 when
// it is not there: our own capture programs hold their cameras rightly.
func parent(stat string) int {
	data, err := os.ReadFile(stat)
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return 0
	}
	pid, _ := strconv.Atoi(fields[1])
	return pid
}

// holdsCamera reports whether one of a process's files is the device, or for ""
// any capture device. libcamera opens the media device of a pipeline; other
// programs /dev/video*.
func holdsCamera(fds, device string) bool {
	entries, err := os.ReadDir(fds)
	if err != nil {
		return false
	}
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join(fds, e.Name()))
		switch {
		case err != nil:
		case device != "" && target != device:
		case device != "", strings.HasPrefix(target, "/dev/video"), strings.HasPrefix(target, "/dev/media"):
			return true
		}
	}
	return false
}

// printable makes a program's name fit for a sentence.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(strings.TrimSpace(name), "?"))
}
