package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"pigrid/agent/control"
	"pigrid/shared/api"
)

// shortDir is a folder whose path leaves room for a socket's name (unix(7)).
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pigrid")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// TestStatusCommand asks a whole agent from outside, with somebody who watches.
func TestStatusCommand(t *testing.T) {
	dir := shortDir(t)
	if _, _, err := run(t, nil, "status", "--state-dir", dir); err == nil || exitCode(err) != exitNone || !strings.Contains(err.Error(), "no agent is running here") {
		t.Errorf("without an agent: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	log, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- execute(ctx, []string{"--source", "pattern", "--listen", "127.0.0.1:0", "--mdns=false", "--state-dir", dir}, nil, io.Discard, w)
		_ = w.Close()
	}()
	url := pageAddress(t, log)
	answer, err := http.Get(url + "video")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.ReadFull(answer.Body, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	out, _, err := run(t, nil, "status", "--state-dir", dir)
	if err != nil || !strings.Contains(out, "Open "+url+"\n") || !strings.Contains(out, "127.0.0.1  pattern  since ") {
		t.Errorf("%v:\n%s", err, out)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// pageAddress reads a log until it says where the page is, and then on.
func pageAddress(t *testing.T, log io.Reader) string {
	t.Helper()
	var said bytes.Buffer
	b := make([]byte, 4096)
	for {
		n, err := log.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		said.Write(b[:n])
		if _, after, ok := strings.Cut(said.String(), " url="); ok {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			url, _, _ := strings.Cut(after, " ")
			return url
		}
	}
}

func TestPrintReport(t *testing.T) {
	now := time.Date(2026, 11, 29, 16, 30, 0, 0, time.Local)
	for name, tt := range map[string]struct {
		report control.Report
		want   string
		code   int
	}{
		"all is well": {
			control.Report{
				Version: "1.2.3", URL: "http://pi.local:8080/", Since: now.Add(-30 * time.Hour),
				Cameras: []api.Camera{{ID: "imx708", State: api.Live, Width: 640, Height: 360, FPS: 29.97}, {ID: "c920", State: api.Idle}},
				Viewers: []control.Viewer{{Address: "192.168.1.7", Camera: "imx708", Since: now.Add(-time.Minute)}},
			},
			`pigrid-agent 1.2.3, running since 2026-11-28 10:30.
Open http://pi.local:8080/

Cameras
  imx708  live  640x360, 30.0 fps
  c920    idle  

Viewers
  192.168.1.7  imx708  since 16:29
`, 0,
		},
		"a cable": {
			control.Report{
				Version: "1.2.3", URL: "http://pi.local:8080/", Since: now,
				Cameras: []api.Camera{{ID: "imx708", State: api.Failed, Error: &api.Problem{Message: "No camera was found."}}},
				Problem: &control.Problem{At: now, Message: "No camera was found.", Hint: "Check the cable."},
			},
			`pigrid-agent 1.2.3, running since 16:30.
Open http://pi.local:8080/

Cameras
  imx708  failed  No camera was found.

Viewers
  none

Last problem, 16:30
  No camera was found.
  Check the cable.
`, exitTrouble,
		},
	} {
		var out bytes.Buffer
		printReport(&out, tt.report, now)
		if out.String() != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, out.String(), tt.want)
		}
		err := troubleOf(tt.report)
		if (err == nil) != (tt.code == 0) || err != nil && exitCode(err) != tt.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheLastProblemIsRemembered, also of a logger that was given attributes.
func TestTheLastProblemIsRemembered(t *testing.T) {
	p := &problems{}
	log := slog.New(remembering{slog.DiscardHandler, p})
	log.Info("listening")
	if p.Last() != nil {
		t.Errorf("%+v", p.Last())
	}
	log.Warn("first")
	log.With("camera", "imx708").Warn("No camera was found.", "hint", "Check the cable.")
	log.Info("announced")
	if last := p.Last(); last == nil || last.Message != "No camera was found." || last.Hint != "Check the cable." || last.At.IsZero() {
		t.Errorf("%+v", last)
	}
}
