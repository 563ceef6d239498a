package main

import (
	"os"
	"runtime/debug"
	"testing"
	"testing/fstest"
)

func TestMemoryLimit(t *testing.T) {
	const mib = 1 << 20
	pi := map[string]string{"proc/meminfo": "MemTotal:         430080 kB\nMemFree: 1 kB\n"} // Zero 2 W
	for name, tt := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"unknown": {nil, 0},
		"a Pi":    {nil, 105 * mib},
		"no limit": {map[string]string{
			"proc/self/cgroup": "0::/system.slice/pigrid.service\n",
			"sys/fs/cgroup/system.slice/pigrid.service/memory.max": "max\n",
		}, 105 * mib},
		"of the service": {map[string]string{
			"proc/self/cgroup": "0::/system.slice/pigrid.service\n",
			"sys/fs/cgroup/system.slice/pigrid.service/memory.max": "67108864\n",
		}, 48 * mib},
		"of what is around it": {map[string]string{
			"proc/self/cgroup": "0::/system.slice/pigrid.service\n",
			"sys/fs/cgroup/system.slice/pigrid.service/memory.max": "134217728\n",
			"sys/fs/cgroup/system.slice/memory.max":                "100663296\n",
		}, 72 * mib},
		"in a container": {map[string]string{
			"proc/self/cgroup":         "0::/\n",
			"sys/fs/cgroup/memory.max": "67108864\n",
		}, 48 * mib},
		"larger than the machine": {map[string]string{
			"proc/self/cgroup":         "0::/\n",
			"sys/fs/cgroup/memory.max": "1099511627776\n",
		}, 105 * mib},
		"first version": {map[string]string{
			"proc/self/cgroup": "9:name=systemd:/\n5:cpu,cpuacct:/\n4:memory:/docker/1\n0::/\n",
			"sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes": "67108864\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":          "9223372036854771712\n",
		}, 48 * mib},
		"garbage": {map[string]string{
			"proc/self/cgroup":         "\n0:\n0::/../..\n",
			"sys/fs/cgroup/memory.max": "-1\n",
		}, 105 * mib},
	} {
		root := fstest.MapFS{}
		for _, files := range []map[string]string{pi, tt.files} {
			for path, text := range files {
				root[path] = &fstest.MapFile{Data: []byte(text)}
			}
		}
		if name == "unknown" {
			root = fstest.MapFS{}
		}
		if got := memoryLimit(root); got != tt.want {
			t.Errorf("%s: %d MiB, want %d", name, got/mib, tt.want/mib)
		}
	}
}

// TestWhoSetsTheMemoryLimitKnowsBetter: nothing is changed where GOMEMLIMIT is set.
func TestWhoSetsTheMemoryLimitKnowsBetter(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	limitMemory(os.DirFS("/"), []string{"GOMEMLIMIT=1GiB"})
	if now := debug.SetMemoryLimit(-1); now != before {
		t.Errorf("the limit is %d, was %d", now, before)
	}
	root := fstest.MapFS{"proc/meminfo": {Data: []byte("MemTotal: 4194304 kB\n")}}
	limitMemory(root, []string{"GOMEMLIMIT="})
	if now := debug.SetMemoryLimit(-1); now != 1<<30 {
		t.Errorf("the limit is %d", now)
	}
}
