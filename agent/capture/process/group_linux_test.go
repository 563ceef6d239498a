package process

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/fakecam"
)

// TestNothingOutlivesAKilledAgent: neither its program, nor what that started,
// nor who looked after them.
func TestNothingOutlivesAKilledAgent(t *testing.T) {
	for name, test := range map[string]struct {
		command string // %s is the stand-in
		lone    bool   // without a keeper
		least   int    // processes that run
	}{
		"a program":             {"%s -t 0 -o -", false, 2},
		"one where no shell is": {"%s -t 0 -o -", true, 1},
		"what a shell started":  {`sh -c "%s -t 0 -o - | cat"`, false, 4},
		"what hears no signal":  {`sh -c "trap '' HUP INT TERM; sleep 300 & %s -t 0 -o - & wait"`, false, 4},
	} {
		t.Run(name, func(t *testing.T) {
			startLog, faultFile := capturetest.Installed(t)
			t.Setenv("PATH", filepath.Dir(startLog)+":/usr/bin:/bin")
			capturetest.Write(t, faultFile, string(fakecam.Stall)+" 1") // one that writes on would end with its pipe
			agent := exec.CommandContext(t.Context(), os.Args[0])
			agent.Env = append(os.Environ(), parentEnv+"="+fmt.Sprintf(test.command, filepath.Join(filepath.Dir(startLog), fakecam.ProgramName)))
			if test.lone {
				agent.Env = append(agent.Env, loneEnv+"=1")
			}
			out, err := agent.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := agent.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			left := descendants(t, agent.Process.Pid)
			_ = agent.Process.Kill()
			_ = agent.Wait()
			if err != nil || line != "started\n" || len(left) < test.least {
				t.Fatalf("the agent said %q, error %v, and has %d processes; want %d", line, err, len(left), test.least)
			}
			defer func() {
				for _, pid := range left {
					_ = syscall.Kill(pid, syscall.SIGKILL)
				}
			}()
			capturetest.Eventually(t, "what a killed agent started ends", 10*time.Second, func() bool { return !slices.ContainsFunc(left, capturetest.Running) })
		})
	}
}

// descendants lists the processes a process has started, and those they did.
func descendants(t *testing.T, pid int) []int {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	children := map[int][]int{}
	for _, stat := range stats {
		child, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		parent, _ := family(stat)
		children[parent] = append(children[parent], child)
	}
	var all []int
	for next := []int{pid}; len(next) > 0; next = next[1:] {
		all = append(all, children[next[0]]...)
		next = append(next, children[next[0]]...)
	}
	return all
}

// TestAKeeperEndsWithItsProgram, and is not taken for it.
func TestAKeeperEndsWithItsProgram(t *testing.T) {
	p, err := startProcess([]string{"/bin/sh", "-c", "read -r x; echo $$; exit 3"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer p.stdout.Close()
	if !p.endsWithin(10*time.Second) || p.err == nil || p.err.Error() != "exit status 3" {
		t.Errorf("ended with %v, want the program's own end", p.err)
	}
	text, err := io.ReadAll(p.stdout)
	if err != nil || strings.TrimSpace(string(text)) == "" {
		t.Errorf("it said %q, error %v", text, err)
	}
	if left := descendants(t, os.Getpid()); len(left) > 0 {
		t.Errorf("%d processes are left", len(left))
	}
}

// TestAKeeperIgnoresWhatAsksItsGroupToEnd: the agent may be killed while it
// waits for a program that takes its time.
func TestAKeeperIgnoresWhatAsksItsGroupToEnd(t *testing.T) {
	g := newGroup()
	defer g.end()
	want := uint64(0)
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM} {
		want |= 1 << (s - 1)
	}
	capturetest.Eventually(t, "the keeper ignores them", 10*time.Second, func() bool {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.keeper.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		_, mask, _ := strings.Cut(string(status), "SigIgn:")
		ignored, err := strconv.ParseUint(strings.Fields(mask)[0], 16, 64)
		return err == nil && ignored&want == want
	})
}
