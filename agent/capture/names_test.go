package capture

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"pigrid/agent/frames"
	"pigrid/shared/api"
)

// TestNames: the configuration's, else the agent's, followed by the id for
// all but the first.
func TestNames(t *testing.T) {
	m := New(Config{
		Cameras: &frames.Set{}, AgentName: "Porch",
		Options: func(string) Options { return Options{} },
		Name:    func(id string) string { return map[string]string{"imx219": "Door"}[id] },
	})
	for id, want := range map[string]string{"imx219": "Door", "imx708": "Porch"} {
		if got := m.name(id); got != want {
			t.Errorf("%s is called %q, want %q", id, got, want)
		}
	}
	m.cfg.Cameras.Add(frames.NewHub(frames.Camera{ID: "imx219"}))
	if got := m.name("imx708"); got != "Porch · imx708" {
		t.Errorf("the second camera is called %q", got)
	}
}

// TestMissingCamerasAreLoggedOnce: not each time nothing is found.
func TestMissingCamerasAreLoggedOnce(t *testing.T) {
	var said bytes.Buffer
	cfg := Config{Cameras: &frames.Set{}, Log: slog.New(slog.NewTextHandler(&said, nil)), Options: func(string) Options { return Options{} }, Name: func(string) string { return "" }}
	m := New(cfg)
	last := ""
	for range 5 {
		last = m.showNone(&Failure{Problem: api.Problem{Code: api.CodeNotDetected, Message: "Gone."}}, last)
	}
	last = m.showNone(context.DeadlineExceeded, last)
	if n := strings.Count(said.String(), "level=WARN"); n != 2 || last != context.DeadlineExceeded.Error() {
		t.Errorf("%d lines, last %q:\n%s", n, last, &said)
	}
	if hub, ok := cfg.Cameras.Get(provisional); !ok || len(cfg.Cameras.All()) != 1 {
		t.Error("nothing stands for the missing cameras")
	} else if _, p := hub.State(); p == nil || p.Code != api.CodeCrashed {
		t.Errorf("what nobody knows became %+v", p)
	}
}
