package process

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// lockers lists the processes that hold a lock on one of the files, each once
// (proc_locks(5)). Locks belong to an inode, not to its name.
func lockers(proc string, files []string) (pids []string) {
	var keys []string
	for _, file := range files {
		var s unix.Stat_t
		if unix.Stat(file, &s) == nil {
			dev := uint64(s.Dev) //nolint:unconvert // narrower on some machines
			keys = append(keys, fmt.Sprintf("%02x:%02x:%d", unix.Major(dev), unix.Minor(dev), s.Ino))
		}
	}
	locks, _ := os.ReadFile(filepath.Join(proc, "locks"))
	for line := range strings.Lines(string(locks)) {
		// 1: POSIX ADVISORY WRITE 345 00:05:123 0 EOF; who waits for it has
		// "->" behind the number.
		fields := strings.Fields(line)
		if len(fields) >= 6 && slices.Contains(keys, fields[5]) && !slices.Contains(pids, fields[4]) {
			pids = append(pids, fields[4])
		}
	}
	return pids
}
