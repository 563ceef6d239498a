package e2e

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBadInputGetsOneSentence checks what people see when they mistype.
func TestBadInputGetsOneSentence(t *testing.T) {
	dir := t.TempDir()
	config := func(text string) string {
		path := filepath.Join(dir, strings.Map(func(r rune) rune {
			if r == '/' || r == ' ' || r == '\n' {
				return '_'
			}
			return r
		}, text[:min(len(text), 20)])+".toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var lc net.ListenConfig
	taken, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := config("just a file")
	tests := []struct {
		name string
		args []string
		says []string
	}{
		{"unknown flag", []string{"--framrate", "30"}, []string{"--framrate", "--framerate"}},
		{"unknown command", []string{"serve"}, []string{`"serve"`, "--help"}},
		{"bad number", []string{"--width", "wide"}, []string{"--width", "wide", "whole number"}},
		{"bad rate", []string{"--framerate", "NaN"}, []string{"--framerate", "NaN"}},
		{"unknown source", []string{"--source", "webcam"}, []string{"pattern", "exec:"}},
		{"unclosed quote", []string{"--source", "exec:ffmpeg 'x", "--listen", "127.0.0.1:0", "--mdns=false", "--state-dir", dir}, []string{"quote"}},
		{"bad TOML", []string{"--config", config("width = = 3")}, []string{"line 1"}},
		{"unknown setting", []string{"--config", config("widht = 640")}, []string{"widht", "width"}},
		{"bad setting", []string{"--config", config("framerate = 'fast'")}, []string{"framerate", "fast"}},
		{"no such file", []string{"--config", "/nonexistent/agent.toml"}, []string{"/nonexistent/agent.toml"}},
		{"state dir is a file", []string{"--state-dir", file, "--mdns=false"}, []string{"--state-dir", file}},
		{"port in use", []string{"--listen", taken.Addr().String(), "--mdns=false", "--state-dir", dir}, []string{taken.Addr().String(), "--listen"}},
		{"bad address", []string{"--listen", "8080"}, []string{":8080"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			out, err := exec.CommandContext(ctx, binary, tt.args...).CombinedOutput()
			if err == nil || ctx.Err() != nil {
				t.Fatalf("it was accepted (%v): %s", err, out)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			last := lines[len(lines)-1]
			for _, word := range tt.says {
				if !strings.Contains(last, word) {
					t.Errorf("%q does not mention %q", last, word)
				}
			}
			if !strings.HasPrefix(last, "pigrid-agent: ") || strings.Contains(string(out), "goroutine") {
				t.Errorf("not a sentence: %s", out)
			}
		})
	}
}

func TestNoCaptureProgramIsAState(t *testing.T) {
	a := start(t, []string{"PATH=" + t.TempDir()})
	body := string(get(t, a.url+"/api/v1/status"))
	for _, want := range []string{`"state":"failed"`, `"code":"program_missing"`, "rpicam-apps"} {
		if !strings.Contains(body, want) {
			t.Errorf("the status does not say %q: %s", want, body)
		}
	}
	if !strings.Contains(string(get(t, a.url+"/")), "rpicam-vid") {
		t.Error("the page does not say what is missing")
	}
}
