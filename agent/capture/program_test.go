package capture

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/agent/capture/fakecam"
	"pigrid/shared/api"
)

// TestFindProgram: the new name is taken before the old one.
func TestFindProgram(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	for _, name := range []string{"libcamera-vid", "rpicam-vid"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh"), 0o700); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
		if got, err := findProgram(); got != path || err != nil {
			t.Errorf("%s, error %v; want %s", got, err, path)
		}
	}
}

// listed asks the stand-in for its cameras.
func listed(t *testing.T, fault fakecam.Fault, patience time.Duration) ([]Sensor, api.Problem, string) {
	t.Helper()
	startLog, faultFile := installed(t)
	write(t, faultFile, string(fault))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	sensors, err := (&lister{run: outputWithin, reasons: reasons("/dev")}).list(ctx, filepath.Join(filepath.Dir(startLog), fakecam.ProgramName))
	var p api.Problem
	if f, ok := errors.AsType[*failure](err); ok {
		p = f.problem
	} else if err != nil {
		t.Errorf("no words for %v", err)
	}
	return sensors, p, startLog
}

func TestAListThatFailsIsExplained(t *testing.T) {
	sensors, p, _ := listed(t, fakecam.ListFails, time.Minute)
	if len(sensors) != 0 || p.Code != api.CodeCrashed || !strings.Contains(p.Message, "the list is broken") || !strings.Contains(p.Hint, "--list-cameras") {
		t.Errorf("%d sensors, %+v", len(sensors), p)
	}
}

func TestAnEmptyListIsExplained(t *testing.T) {
	if sensors, p, _ := listed(t, fakecam.NoCamera, time.Minute); len(sensors) != 0 || p.Code != api.CodeNotDetected {
		t.Errorf("%d sensors, %+v", len(sensors), p)
	}
}

func TestAListThatHangsIsGivenUp(t *testing.T) {
	startLog, faultFile := installed(t)
	write(t, faultFile, string(fakecam.ListHangs))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := (&lister{run: outputWithin, reasons: reasons("/dev")}).list(ctx, filepath.Join(filepath.Dir(startLog), fakecam.ProgramName))
		ended <- err
	}()
	pid := 0
	eventually(t, "the list has begun", 10*time.Second, func() bool {
		data, _ := os.ReadFile(startLog)
		if fields := strings.Fields(string(data)); len(fields) == 2 {
			pid = atoi(fields[0])
		}
		return pid != 0
	})
	if group, err := syscall.Getpgid(pid); group == syscall.Getpgrp() || err != nil {
		t.Errorf("the program is in the agent's group, error %v; a terminal's Ctrl-C must not reach it", err)
	}
	cancel()
	err := <-ended
	if f, ok := errors.AsType[*failure](err); !ok || f.problem.Code != api.CodeNoFrames || !strings.Contains(f.problem.Message, "too long") {
		t.Errorf("ended with %v", err)
	}
	eventually(t, "the program that hangs is gone", 3*time.Second, func() bool { return !running(pid) })
}

// TestAnUnkillableListHoldsNothingUp stands in for one that hangs in a driver.
func TestAnUnkillableListHoldsNothingUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	started := filepath.Join(t.TempDir(), "started")
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", `: >"$0"; exec sleep 300`, started)
	free := make(chan struct{})
	cmd.Cancel = func() error { <-free; return cmd.Process.Kill() }
	defer close(free)
	got := make(chan error, 1)
	go func() {
		_, end, err := outputWithin(ctx, cmd)
		if ended(end) {
			err = errors.New("ended")
		}
		got <- err
	}()
	eventually(t, "the list has begun", 10*time.Second, func() bool { _, err := os.Stat(started); return err == nil })
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Errorf("given up with %v", err)
	}
}

// TestAListThatHangsIsNotJoinedByOthers: there would be thousands after a month.
func TestAListThatHangsIsNotJoinedByOthers(t *testing.T) {
	starts, hangs := 0, make(chan struct{})
	l := &lister{run: func(context.Context, *exec.Cmd) ([]byte, <-chan struct{}, error) {
		starts++
		return []byte(recordedText(t, "list_cameras_1.stdout")), hangs, nil
	}}
	for range 3 {
		_, err := l.list(t.Context(), "/usr/bin/rpicam-vid")
		if f, ok := errors.AsType[*failure](err); !ok || f.problem.Code != api.CodeUnkillable || !strings.HasPrefix(f.problem.Message, "rpicam-vid --list-cameras hangs") {
			t.Errorf("ended with %v", err)
		}
	}
	close(hangs)
	if sensors, err := l.list(t.Context(), "/usr/bin/rpicam-vid"); len(sensors) != 1 || err != nil || starts != 2 {
		t.Errorf("later %d sensors, error %v, %d starts", len(sensors), err, starts)
	}
}

func TestAListIsNotHeldUpByADaemon(t *testing.T) {
	sensors, p, startLog := listed(t, fakecam.ListDaemon, 20*time.Second)
	if len(sensors) != 1 {
		t.Errorf("%d sensors, %+v", len(sensors), p)
	}
	for _, pid := range streamsIn(t, startLog) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}
