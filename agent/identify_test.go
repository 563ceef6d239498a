package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pigrid/agent/config"
)

// TestIdentify: the id is kept where it was told, the name is the host's unless
// given, and a bad cameras.json is a warning only.
func TestIdentify(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "cameras.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, nil))
	who, err := identify(config.Config{StateDir: dir}, nil, log)
	if err != nil || who.Name == "" || who.Name != who.Host || strings.Contains(who.Host, ".") {
		t.Fatalf("%+v, error %v", who, err)
	}
	if !strings.Contains(said.String(), "level=WARN") || !strings.Contains(said.String(), "cameras.json.bad") {
		t.Errorf("said %s", said.String())
	}
	if id, err := who.cameras.ID("imx708", "/base"); id != "imx708" || err != nil {
		t.Errorf("camera %s, error %v", id, err)
	}
	again, err := identify(config.Config{StateDir: dir, Name: "Küche"}, nil, log)
	if err != nil || again.ID != who.ID || again.Name != "Küche" {
		t.Errorf("%+v after %+v, error %v", again, who, err)
	}
}

func TestHostOf(t *testing.T) {
	for name, want := range map[string]string{
		"pi": "pi", "pi.example.org": "pi", "": "raspberrypi", ".": "raspberrypi", "k\xfcche": "kche", "a\nb\x1b\u0085": "ab", "\xff\x00": "raspberrypi", "küche": "küche",
	} {
		if got := hostOf(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
