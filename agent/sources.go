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
	"pigrid/agent/config"
)

// source is a value of --source and the kinds of cameras that it serves.
type source struct {
	config.Source
	drivers func(argument string, log *slog.Logger) ([]capture.Driver, error)
}

// sources are all of them. A new kind of camera is a line here, and one in what auto
// serves if it is to be found without being asked for.
func sources() []source {
	return []source{
		{config.Source{Word: "auto", About: "Pi cameras and USB webcams"}, func(_ string, log *slog.Logger) ([]capture.Driver, error) {
			return []capture.Driver{rpicam.New(""), usb.New("", log)}, nil
		}},
		{config.Source{Word: "rpicam", About: "without webcams"}, only(func(string) (capture.Driver, error) { return rpicam.New(""), nil })},
		{config.Source{Word: "pattern", About: "a test picture"}, only(func(string) (capture.Driver, error) { return pattern.Driver{}, nil })},
		{config.Source{Word: "exec", Argument: "COMMAND", About: "that writes MJPEG to its standard output"}, only(exec.New)},
	}
}

// only serves one kind of camera.
func only(kind func(argument string) (capture.Driver, error)) func(string, *slog.Logger) ([]capture.Driver, error) {
	return func(argument string, _ *slog.Logger) ([]capture.Driver, error) {
		d, err := kind(argument)
		return []capture.Driver{d}, err
	}
}

// values are the sources as the configuration knows them.
func values(sources []source) (values []config.Source) {
	for _, s := range sources {
		values = append(values, s.Source)
	}
	return values
}

// driversOf returns the kinds of cameras that a value of --source serves.
func driversOf(value string, log *slog.Logger) ([]capture.Driver, error) {
	word, argument, _ := strings.Cut(value, ":")
	for _, s := range sources() {
		if s.Word == word {
			return s.drivers(argument, log)
		}
	}
	return nil, fmt.Errorf("there is no source %q", value)
}
