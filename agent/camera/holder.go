package camera

import (
	"bytes"
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
		if err != nil || pid == os.Getpid() || ours(proc, e.Name()) || !holdsCamera(filepath.Join(proc, e.Name(), "fd"), device) {
			continue
		}
		if name := named(proc, e.Name()); name != "" {
			return name
		}
	}
	return ""
}

// sensorHolder finds the program that keeps libcamera from a sensor: one that
// has locked a media device below dev, else one that has some camera open.
func sensorHolder(proc, dev string) string {
	for _, pid := range lockers(proc, filepath.Join(dev, "media*")) {
		if name := named(proc, pid); name != "" && !ours(proc, pid) {
			return name
		}
	}
	return holder(proc, "")
}

// named is a process as people know it, "" for one that is gone.
func named(proc, pid string) string {
	name, err := os.ReadFile(filepath.Join(proc, pid, "comm"))
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s (process %s)", printable(string(name)), pid)
}

// ours reports whether a process is one of our capture programs, or one that
// such a program has started: they hold their cameras rightly. Those stay in the
// program's group, whose leader is a child of ours, too.
func ours(proc, pid string) bool {
	parent, leader := family(filepath.Join(proc, pid, "stat"))
	if parent == os.Getpid() {
		return true
	}
	parent, _ = family(filepath.Join(proc, strconv.Itoa(leader), "stat"))
	return parent == os.Getpid()
}

// family reads the parent's pid and that of the group's leader out of a stat
// file (proc_pid_stat(5)), 0 when it is not there.
func family(stat string) (parent, leader int) {
	data, err := os.ReadFile(stat)
	if err != nil {
		return 0, 0
	}
	// The name in brackets may hold anything.
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	if len(fields) < 3 {
		return 0, 0
	}
	parent, _ = strconv.Atoi(fields[1])
	leader, _ = strconv.Atoi(fields[2])
	return parent, leader
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
