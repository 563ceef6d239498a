// Package config reads the agent's settings: flags > environment > file >
// default, checked once, every mistake answered with one sentence.
package config

import (
	"log/slog"
	"net/netip"
	"strings"
	"time"
)

// DefaultFile is read when it exists.
const DefaultFile = "/etc/pigrid/agent.toml"

// DefaultListen is where the agent listens unless told otherwise.
const DefaultListen = ":8080"

// Config is what the agent was told. It is valid: nothing in it needs a
// second look.
type Config struct {
	Listen      string // host:port; host may be empty, port 0 picks one
	ListenGiven bool   // said by a person: then no other port will do
	Source      string
	Only        []string // ids or indexes of the cameras to serve; empty means all
	Camera      Camera   // what every camera is asked for
	PerCamera   map[string]Camera
	Name        string // "" is the host name
	StateDir    string // "" is the default

	AllowHosts   []string
	AllowOrigins []string
	AllowFrom    []netip.Prefix
	MaxViewers   int
	IdleTimeout  time.Duration // negative: never

	MDNS          bool
	MDNSInterface string

	LogLevel slog.Level
	LogJSON  bool
}

// Camera is what is asked of a camera. In Config.PerCamera, zero values mean
// "as for every camera".
type Camera struct {
	Name      string
	Width     int     // pixels; 0 is what fits the height, or 640
	Height    int     // pixels; 0 is what fits the width and the sensor's shape
	Framerate float64 // frames per second
	Quality   int     // 1–100; 0 leaves it to the capture program
	Mode      string  // "", "auto" or W:H:BITS

	Shutter     time.Duration // exposure time; 0 is automatic, as is -1 where 0 means "as for every camera"
	PostProcess string        // absolute path of a file for rpicam-vid; "" is none, as is "none" there
}

const noFile = "none"

// For returns what is asked of the camera with an id. What the file says of this
// very camera wins over what any place says of every camera.
func (c Config) For(id string) Camera {
	all, own := c.Camera, c.PerCamera[id]
	return Camera{
		Name:      own.Name,
		Width:     or(own.Width, all.Width),
		Height:    or(own.Height, all.Height),
		Framerate: or(own.Framerate, all.Framerate),
		Quality:   or(own.Quality, all.Quality),
		Mode:      or(own.Mode, all.Mode),

		Shutter:     max(0, or(own.Shutter, all.Shutter)),
		PostProcess: strings.TrimPrefix(or(own.PostProcess, all.PostProcess), noFile),
	}
}

// or returns a unless it is zero.
func or[T comparable](a, b T) T {
	var zero T
	if a == zero {
		return b
	}
	return a
}
