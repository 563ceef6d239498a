package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
)

// TestKilledAgentLeavesNothing: neither its camera program, nor what that has
// started, nor who looked after them.
func TestKilledAgentLeavesNothing(t *testing.T) {
	for _, source := range []string{"auto", `exec:sh -c "%s -t 0 -o - | cat"`} {
		t.Run(source, func(t *testing.T) {
			env, dir := withCamera(t)
			source = strings.ReplaceAll(source, "%s", filepath.Join(dir, fakecam.ProgramName))
			// One that writes nothing more would not notice that nobody reads.
			if err := os.WriteFile(filepath.Join(dir, "fault"), []byte(fakecam.Stall+" 1"), 0o600); err != nil {
				t.Fatal(err)
			}
			a := start(t, env, "--source", source)
			get(t, a.url+"/snapshot.jpg?settle=0")
			left := descendants(t, a.cmd.Process.Pid)
			if !anyRunning(children(t, dir)) || len(left) < 2 {
				t.Fatalf("no camera process runs, or nobody looks after it: %v", left)
			}
			_ = a.cmd.Process.Kill()
			if err := <-a.done; err == nil {
				t.Error("the agent was killed but says that it has ended well")
			}
			a.done = nil
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			for deadline := time.Now().Add(10 * time.Second); slices.ContainsFunc(left, runs); <-tick.C {
				if time.Now().After(deadline) {
					t.Fatalf("a process of a killed agent is left: %v", left)
				}
			}
		})
	}
}

// descendants lists what a process has started, and what that has.
func descendants(t *testing.T, pid int) []int {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	var all []int
	for _, list := range lists {
		text, _ := os.ReadFile(list) // one that is gone has none
		for field := range strings.FieldsSeq(string(text)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			all = append(append(all, child), descendants(t, child)...)
		}
	}
	return all
}

// runs reports whether a process is there and no zombie.
func runs(pid int) bool {
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && len(cmdline) > 0
}
