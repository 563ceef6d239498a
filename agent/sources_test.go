package main

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestSources: each value of --source serves its kinds of cameras, and no other.
func TestSources(t *testing.T) {
	want := map[string]string{
		"auto": "*rpicam.Driver *usb.Driver", "rpicam": "*rpicam.Driver", "pattern": "pattern.Driver", "exec:cat x": "exec.Driver",
	}
	for value, kinds := range want {
		drivers, err := driversOf(value, slog.New(slog.DiscardHandler))
		var got []string
		for _, d := range drivers {
			got = append(got, fmt.Sprintf("%T", d))
		}
		if err != nil || strings.Join(got, " ") != kinds {
			t.Errorf("%s serves %q, error %v; want %s", value, got, err, kinds)
		}
	}
	for _, value := range []string{"", "none", `exec:a "b`} {
		if _, err := driversOf(value, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%q is a source", value)
		}
	}
}
