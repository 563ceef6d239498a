package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/shlex"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/fakecam"
	"pigrid/shared/api"
)

// parentEnv turns the test binary into a parent that starts the command it holds
// and waits to be killed; loneEnv says that there is no keeper.
const (
	parentEnv = "PIGRID_TEST_DYING_PARENT"
	loneEnv   = "PIGRID_TEST_NO_KEEPER"
)

func dyingParent() {
	argv, err := shlex.Split(os.Getenv(parentEnv))
	if err != nil {
		panic(err)
	}
	g := &group{}
	if os.Getenv(loneEnv) == "" {
		g = newGroup()
	}
	p, err := startIn(g, argv, io.Discard)
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	_, _ = io.CopyN(io.Discard, p.stdout, 1000) // it runs
	fmt.Println("started")
	_, _ = io.Copy(io.Discard, p.stdout)
}

func TestStopIsGraceful(t *testing.T) {
	startLog, _ := capturetest.Installed(t)
	said := &Lines{}
	p, err := startProcess([]string{filepath.Join(filepath.Dir(startLog), fakecam.ProgramName), "-t", "0", "-o", "-"}, said)
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	first := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.CopyN(io.Discard, p.stdout, 1)
		close(first)
		_, _ = io.Copy(io.Discard, p.stdout)
	}()
	<-first
	p.stop(10 * time.Second)
	<-read
	if last := said.Last(); len(last) == 0 || last[len(last)-1] != "Received signal 2" || p.err != nil {
		t.Errorf("ended with %v after saying %q; want the regular end by SIGINT", p.err, last)
	}
	_ = p.stdout.Close()
}

func TestStopKillsWhatIgnoresIt(t *testing.T) {
	startLog, faultFile := capturetest.Installed(t)
	capturetest.Write(t, faultFile, string(fakecam.IgnoreSIGINT))
	p, err := startProcess([]string{filepath.Join(filepath.Dir(startLog), fakecam.ProgramName), "-t", "0", "-o", "-"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer p.stdout.Close()
	_, _ = io.CopyN(io.Discard, p.stdout, 1)
	drained := make(chan struct{})
	go func() { defer close(drained); _, _ = io.Copy(io.Discard, p.stdout) }()
	start := time.Now()
	p.stop(100 * time.Millisecond)
	if d := time.Since(start); d < 100*time.Millisecond {
		t.Errorf("killed after %v, before its time was over", d)
	}
	<-drained
	if p.err == nil {
		t.Error("the program ended by itself; it should have ignored SIGINT")
	}
}

// TestAnUnkillableProgramHoldsNothingUp stands in for a child that hangs in a
// driver: signals do nothing and it never ends.
func TestAnUnkillableProgramHoldsNothingUp(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	dead := make(chan struct{})
	starts := 0
	src := &Program{
		Argv: func() ([]string, error) { return []string{"/usr/bin/rpicam-vid"}, nil },
		start: func([]string, io.Writer) (*process, error) {
			starts++
			return &process{stdout: r, done: dead, signal: func(os.Signal) {}}, nil
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 2 { // the second time it still has the camera
		err = src.Run(ctx, func([]byte, time.Time) {}, nil)
		if capture.CodeOf(err) != api.CodeUnkillable {
			t.Fatalf("ended with %v, want that it cannot be ended", err)
		}
	}
	close(dead)
	_ = src.Run(ctx, func([]byte, time.Time) {}, nil)
	if starts != 2 {
		t.Errorf("started %d times; want again only after the old program is gone", starts)
	}
}

// TestAGrandchildEndsWithTheProgram: what a program leaves behind neither holds
// the end up nor stays.
func TestAGrandchildEndsWithTheProgram(t *testing.T) {
	pid := leavesBehind(t, fakecam.Grandchild)
	capturetest.Eventually(t, "the grandchild is gone", 3*time.Second, func() bool { return !capturetest.Running(pid) })
}

// TestADaemonDoesNotHoldUpTheEnd: a process of a group of its own is out of
// reach, but its hold on stdout and stderr does not matter.
func TestADaemonDoesNotHoldUpTheEnd(t *testing.T) {
	_ = syscall.Kill(leavesBehind(t, fakecam.Daemon), syscall.SIGKILL)
}

// leavesBehind captures from a program that ends after two frames and leaves a
// process behind; it returns that process's pid.
func leavesBehind(t *testing.T, fault fakecam.Fault) int {
	t.Helper()
	startLog, faultFile := capturetest.Installed(t)
	capturetest.Write(t, faultFile, string(fault)+" 2")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	src := &Program{
		Argv: func() ([]string, error) {
			return []string{filepath.Join(filepath.Dir(startLog), fakecam.ProgramName), "-t", "0", "-o", "-"}, nil
		},
	}
	n := 0
	err := src.Run(ctx, func([]byte, time.Time) { n++ }, nil)
	if f, ok := errors.AsType[*capture.Failure](err); !ok || f.Problem.Code != api.CodeEnded || n != 2 {
		t.Errorf("%d frames, ended with %v", n, err)
	}
	pids := capturetest.StreamsIn(t, startLog)
	if len(pids) != 2 {
		t.Fatalf("processes %v, want the program and what it left", pids)
	}
	return pids[1]
}

// TestStopLeavesTheDeadAlone: their number may be another process's by now.
func TestStopLeavesTheDeadAlone(t *testing.T) {
	dead := make(chan struct{})
	close(dead)
	p := &process{done: dead, signal: func(s os.Signal) { t.Errorf("sent %v", s) }}
	for range 50 { // two things that happen at once
		if !p.stop(time.Second) {
			t.Fatal("it has not ended")
		}
	}
}

// TestStopReachesHelpers: a shell that waits for a program ends only when that
// program does.
func TestStopReachesHelpers(t *testing.T) {
	p, err := startProcess([]string{"/bin/sh", "-c", "trap : INT; sh -c 'echo; exec sleep 300'; exit 7"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer p.stdout.Close()
	_, _ = io.CopyN(io.Discard, p.stdout, 1)
	p.stop(2 * time.Second)
	if p.err == nil || p.err.Error() != "exit status 7" {
		t.Errorf("ended with %v; want the shell's own end", p.err)
	}
}

// TestStopReachesAGroupOfTheProgramsOwn: timeout and setsid make one.
func TestStopReachesAGroupOfTheProgramsOwn(t *testing.T) {
	p, err := startProcess([]string{"timeout", "300", "sh", "-c", "echo; exec sleep 300"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer p.stdout.Close()
	_, _ = io.CopyN(io.Discard, p.stdout, 1)
	if !p.stop(2 * time.Second) {
		t.Error("it has not ended")
		p.signal(os.Kill)
	}
}
