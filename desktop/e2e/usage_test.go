//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// usage is what a program and everything it started have used.
type usage struct {
	cpu     time.Duration
	app     int // bytes resident, of the program itself
	webkit  int // and of its child processes
	process []string
}

// ticks is USER_HZ, which is the same on all Linux: a second has as many.
const ticks = 100

// group is the process group of the program and of all that it started.
func (p *process) group() int { return p.cmd.Process.Pid }

// groupsCPU is what the living processes of these groups have used.
func groupsCPU(t *testing.T, groups []int) time.Duration {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var cpu time.Duration
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		f := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:])) // as in usage
		if group, _ := strconv.Atoi(f[2]); slices.Contains(groups, group) {
			user, _ := strconv.Atoi(f[11])
			system, _ := strconv.Atoi(f[12])
			cpu += time.Duration(user+system) * time.Second / ticks
		}
	}
	return cpu
}

// machineCPU is what all processors together have worked.
func machineCPU(t *testing.T) time.Duration {
	t.Helper()
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		t.Fatal(err)
	}
	// cpu user nice system idle iowait irq softirq steal …
	f := strings.Fields(string(data))
	var cpu time.Duration
	for _, i := range []int{1, 2, 3, 6, 7, 8} {
		n, _ := strconv.Atoi(f[i])
		cpu += time.Duration(n) * time.Second / ticks
	}
	return cpu
}

// usage reads /proc; a process that ends meanwhile is left out.
func (p *process) usage(t *testing.T) usage {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var u usage
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// pid (name) state parent group … utime stime (14, 15) … rss (24)
		end := bytes.LastIndexByte(data, ')')
		f := strings.Fields(string(data[end+1:]))
		if group, _ := strconv.Atoi(f[2]); group != p.cmd.Process.Pid || f[0] == "Z" {
			continue
		}
		user, _ := strconv.Atoi(f[11])
		system, _ := strconv.Atoi(f[12])
		pages, _ := strconv.Atoi(f[21])
		u.cpu += time.Duration(user+system) * time.Second / ticks
		if filepath.Base(filepath.Dir(path)) == strconv.Itoa(p.cmd.Process.Pid) {
			u.app = pages * os.Getpagesize()
		} else {
			u.webkit += pages * os.Getpagesize()
		}
		u.process = append(u.process, fmt.Sprintf("%s %d MB", data[:end+1], pages*os.Getpagesize()>>20))
	}
	return u
}
