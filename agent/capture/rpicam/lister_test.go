package rpicam

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/capture/fakecam"
	"pigrid/agent/capture/process"
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
		if got := findProgram(); got != path {
			t.Errorf("%s, want %s", got, path)
		}
	}
}

// listed asks the stand-in for its cameras.
func listed(t *testing.T, fault fakecam.Fault, patience time.Duration) ([]Sensor, api.Problem, string) {
	t.Helper()
	startLog, faultFile := capturetest.Installed(t)
	capturetest.Write(t, faultFile, string(fault))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	sensors, err := (&lister{run: process.Output, reasons: Reasons("/dev")}).list(ctx, filepath.Join(filepath.Dir(startLog), fakecam.ProgramName))
	var p api.Problem
	if f, ok := errors.AsType[*capture.Failure](err); ok {
		p = f.Problem
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
	startLog, faultFile := capturetest.Installed(t)
	capturetest.Write(t, faultFile, string(fakecam.ListHangs))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := (&lister{run: process.Output, reasons: Reasons("/dev")}).list(ctx, filepath.Join(filepath.Dir(startLog), fakecam.ProgramName))
		ended <- err
	}()
	pid := 0
	capturetest.Eventually(t, "the list has begun", 10*time.Second, func() bool {
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
	if f, ok := errors.AsType[*capture.Failure](err); !ok || f.Problem.Code != api.CodeNoFrames || !strings.Contains(f.Problem.Message, "too long") {
		t.Errorf("ended with %v", err)
	}
	capturetest.Eventually(t, "the program that hangs is gone", 3*time.Second, func() bool { return !capturetest.Running(pid) })
}

// TestAListThatHangsIsNotJoinedByOthers: there would be thousands after a month.
func TestAListThatHangsIsNotJoinedByOthers(t *testing.T) {
	starts, hangs := 0, make(chan struct{})
	l := &lister{run: func(context.Context, io.Writer, ...string) ([]byte, <-chan struct{}, error) {
		starts++
		return []byte(recordedText(t, "list_cameras_1.stdout")), hangs, nil
	}}
	for range 3 {
		_, err := l.list(t.Context(), "/usr/bin/rpicam-vid")
		if f, ok := errors.AsType[*capture.Failure](err); !ok || f.Problem.Code != api.CodeUnkillable || !strings.HasPrefix(f.Problem.Message, "rpicam-vid --list-cameras hangs") {
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
	for _, pid := range capturetest.StreamsIn(t, startLog) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}
