package main

import (
	"fmt"
	"log/slog"
	"strings"

	"pigrid/agent/capture"
	"pigrid/agent/capture/exec"
	"pigrid/agent/capture/pattern"
	"pigrid/agent/capture/rpicam"
	"pigrid/agent/capture/usb"
)

// source is a value of --source and the kinds of cameras that it serves.
type source struct {
	word    string
	drivers func(argument string, log *slog.Logger) ([]capture.Driver, error)
}

// sources are all of them. A new kind of camera is a line here.
func sources() []source {
	return []source{
		{"auto", func(_ string, log *slog.Logger) ([]capture.Driver, error) {
			return []capture.Driver{rpicam.New(""), usb.New("", log)}, nil
		}},
		{"rpicam", only(func() capture.Driver { return rpicam.New("") })},
		{"pattern", only(func() capture.Driver { return pattern.Driver{} })},
		{"exec", func(text string, _ *slog.Logger) ([]capture.Driver, error) {
			d, err := exec.New(text)
			return []capture.Driver{d}, err
		}},
	}
}

// only serves one kind of camera, which needs no argument.
func only(d func() capture.Driver) func(string, *slog.Logger) ([]capture.Driver, error) {
	return func(string, *slog.Logger) ([]capture.Driver, error) { return []capture.Driver{d()}, nil }
}

// driversOf returns the kinds of cameras that a value of --source serves.
func driversOf(value string, log *slog.Logger) ([]capture.Driver, error) {
	word, argument, _ := strings.Cut(value, ":")
	for _, s := range sources() {
		if s.word == word {
			return s.drivers(argument, log)
		}
	}
	return nil, fmt.Errorf("there is no source %q", value)
}
