package headroom

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv("HEADROOM_BUSY") != "" {
		for begin := time.Now(); time.Since(begin) < 300*time.Millisecond; { // busy
		}
		_, _ = os.Stdin.Read(make([]byte, 1))
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// machine has four processors and an app that uses a share of them.
type machine struct {
	share, own float64

	mu   sync.Mutex
	took time.Duration
	err  error
}

func (m *machine) used() (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.took, m.err
}

func (m *machine) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// run runs a Meter for as long as the test.
func (m *machine) run(t *testing.T) *Meter {
	meter := New(4, m.used)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); meter.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	time.Sleep(10 * time.Millisecond)
	return meter
}

// pass lets time pass.
func (m *machine) pass(meter *Meter, seconds int) {
	for range seconds * 10 {
		m.set(func() { m.took += time.Duration(m.share * 4 * 1e8) })
		meter.spent.Add(int64(m.own * 4 * 1e8))
		time.Sleep(100 * time.Millisecond)
	}
	synctest.Wait()
}

func TestSpare(t *testing.T) {
	type step struct {
		seconds    int
		share, own float64
		spare      bool
	}
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"after five seconds of little use", []step{{4, 0.3, 0, false}, {3, 0.3, 0, true}}},
		{"not while much is used", []step{{60, 0.61, 0, false}}},
		{"a short pause is none", []step{{3, 0.9, 0, false}, {4, 0.1, 0, false}, {2, 0.9, 0, false}, {4, 0.1, 0, false}, {3, 0.1, 0, true}}},
		{"a short burst changes nothing", []step{{8, 0.3, 0, true}, {4, 0.9, 0, true}, {2, 0.3, 0, true}, {4, 0.9, 0, true}}},
		{"after five seconds of much use there is none for a while", []step{{8, 0.3, 0, true}, {7, 0.9, 0, false}, {25, 0.1, 0, false}, {10, 0.1, 0, true}}},
		{"its own cost alone does not end it", []step{{8, 0.3, 0, true}, {60, 0.8, 0.5, true}}},
		{"with its own cost, others' is too much", []step{{8, 0.3, 0, true}, {10, 0.8, 0.1, false}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &machine{}
				meter := m.run(t)
				for i, s := range tt.steps {
					m.share, m.own = s.share, s.own
					m.pass(meter, s.seconds)
					if got := meter.Spare(); got != s.spare {
						t.Fatalf("step %d: to spare: %v", i, got)
					}
				}
			})
		})
	}
}

func TestNothingIsSparedWhereNobodyKnows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{share: 0.1}
		meter := m.run(t)
		m.pass(meter, 8)
		m.set(func() { m.err = errors.New("no such file") })
		m.pass(meter, 2)
		if meter.Spare() {
			t.Error("there is time to spare although nobody knows how much is used")
		}
		m.set(func() { m.err = nil })
		m.pass(meter, 8)
		if !meter.Spare() {
			t.Error("it is known again, and not believed")
		}
		m.set(func() { m.took /= 2 }) // a process has ended
		m.pass(meter, 3)
		if !meter.Spare() {
			t.Error("less than before is not little enough")
		}
	})
}

// TestSpendCountsWhatItTakes: not the time that passes.
func TestSpendCountsWhatItTakes(t *testing.T) {
	m := New(1, nil)
	m.Spend(func() {})
	m.Spend(func() { time.Sleep(300 * time.Millisecond) })
	if got := time.Duration(m.spent.Load()); runtime.GOOS == "linux" && got > 100*time.Millisecond {
		t.Errorf("%v for doing nothing", got)
	}
	before := m.spent.Load()
	for end := time.Now().Add(10 * time.Second); m.spent.Load() == before && time.Now().Before(end); {
		m.Spend(func() { _ = strings.Repeat("busy", 1<<20) })
	}
	if m.spent.Load() == before {
		t.Error("nothing for what takes time")
	}
}

// TestChildrenCount: the page has processes of its own.
func TestChildrenCount(t *testing.T) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "HEADROOM_BUSY=1")
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close(); _ = child.Wait() }()
	used := Own()
	first, err := used()
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		now, err := used()
		if err != nil {
			t.Fatal(err)
		}
		if now-first >= 150*time.Millisecond {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the child's time is missing: %v", now-first)
		}
	}
}
