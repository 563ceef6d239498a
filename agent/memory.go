package main

import (
	"io/fs"
	"math"
	"path"
	"runtime/debug"
	"strconv"
	"strings"

	"pigrid/shared/environ"
)

// limitMemory has the garbage collector work harder before memory runs out: the
// kernel would end the agent otherwise, or what else runs on a small Pi. Who sets
// GOMEMLIMIT knows better. root is "/" but for tests.
func limitMemory(root fs.FS, env []string) {
	if environ.Lookup(env, "GOMEMLIMIT") != "" {
		return // the runtime has read it
	}
	if limit := memoryLimit(root); limit > 0 {
		debug.SetMemoryLimit(limit)
	}
}

// memoryLimit is a quarter of the machine's memory, and at most three quarters of
// what the agent's control groups let it use. It is 0 where neither is known.
func memoryLimit(root fs.FS) int64 {
	limit := int64(math.MaxInt64)
	if all := machineMemory(root); all > 0 {
		limit = all / 4
	}
	if group := groupMemory(root); group > 0 {
		limit = min(limit, group/4*3)
	}
	if limit == math.MaxInt64 {
		return 0
	}
	return limit
}

// machineMemory returns MemTotal of proc(5), in bytes; 0 where it is not known.
func machineMemory(root fs.FS) int64 {
	text, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0
	}
	_, total, _ := strings.Cut(string(text), "MemTotal:")
	total, _, _ = strings.Cut(total, "kB")
	kib, _ := strconv.ParseInt(strings.TrimSpace(total), 10, 64)
	return kib << 10
}

// groupMemory returns the smallest limit of the agent's control groups and those
// around them (cgroups(7)), in bytes; 0 where there is none. systemd sets it for
// MemoryMax=.
func groupMemory(root fs.FS) int64 {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0
	}
	smallest := int64(0)
	for line := range strings.Lines(string(text)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3) // number, controllers, path
		if len(fields) < 3 {
			continue
		}
		top, name := "sys/fs/cgroup", "memory.max"
		if fields[1] != "" {
			top, name = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		}
		if fields[1] != "" && fields[1] != "memory" {
			continue
		}
		for dir := path.Clean("/" + fields[2]); ; dir = path.Dir(dir) {
			if n := groupLimit(root, path.Join(top, dir, name)); n > 0 && (smallest == 0 || n < smallest) {
				smallest = n
			}
			if dir == "/" {
				break
			}
		}
	}
	return smallest
}

// groupLimit reads one limit; 0 is none. "max" is none, too, and so is what the
// first version of control groups writes for it, a number larger than any memory.
func groupLimit(root fs.FS, name string) int64 {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || n >= 1<<50 {
		return 0
	}
	return n
}
