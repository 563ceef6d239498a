package announce

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// processor is the time that a process had on the processors so far.
func processor(t *testing.T, pid int) time.Duration {
	t.Helper()
	tasks, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/schedstat")
	if err != nil || len(tasks) == 0 {
		t.Fatalf("process %d: %v", pid, err)
	}
	var sum time.Duration
	for _, path := range tasks {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has just ended
		}
		ns, err := strconv.ParseInt(strings.Fields(string(data))[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += time.Duration(ns)
	}
	return sum
}

// TestWhatSearchingCosts says what the search takes a minute on a network with
// two agents that do nothing. The aim is a tenth of a second.
func TestWhatSearchingCosts(t *testing.T) {
	if os.Getenv("PIGRID_SOAK") != "1" {
		t.Skip("takes three minutes: set PIGRID_SOAK=1 to run it, with PIGRID_NETNS=1")
	}
	needNetlab(t)
	l := newNetlab(t)
	announcer, seeker := l.buildPlain("pigrid/agent/announce/testdata/announcer"), l.buildPlain("pigrid/desktop/discovery/testdata/seeker")
	desk := l.host("desk", "10.77.0.50/24")
	a := l.start(l.host("one", "10.77.0.11/24").command(announcer, idA, "", "8080"))
	b := l.start(l.host("two", "10.77.0.12/24").command(announcer, idB, "", "8080"))
	s := l.start(desk.command(seeker))
	s.sighting(5*time.Second, is(idA, "10.77.0.11"))
	search, agent := processor(t, s.cmd.Process.Pid), processor(t, a.cmd.Process.Pid)
	for minute := range 3 {
		<-time.After(time.Minute)
		nowSearch, nowAgent := processor(t, s.cmd.Process.Pid), processor(t, a.cmd.Process.Pid)
		t.Logf("minute %d: the search took %v, an agent's announcement %v", minute+1, nowSearch-search, nowAgent-agent)
		search, agent = nowSearch, nowAgent
	}
	s.stop()
	a.stop()
	b.stop()
}
