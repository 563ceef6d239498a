// Package config reads the agent's settings: flags > environment > file >
// default, checked once, every mistake answered with one sentence.
package config

import (
	"log/slog"
	"net/netip"
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
	Only        []string          // ids or indexes of the cameras to serve; empty means all
	Camera      Camera            // what every camera is asked for
	PerCamera   map[string]Camera // by id, complete: what the file has a table for
	Name        string            // "" is the host name
	StateDir    string            // "" is the default

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

// Camera is what is asked of a camera.
type Camera struct {
	Name      string  // "" where the file does not name this very camera
	Width     int     // pixels; 0 is what fits the height, or 640
	Height    int     // pixels; 0 is what fits the width and the sensor's shape
	Framerate float64 // frames per second
	Quality   int     // 1–100; 0 leaves it to the capture program
	Mode      string  // "", "auto" or W:H:BITS

	Shutter     time.Duration // exposure time; 0 is automatic
	PostProcess string        // absolute path of a file for rpicam-vid; "" is none
}

// For returns what is asked of the camera with an id. What the file says of this
// very camera wins over what any place says of every camera.
func (c Config) For(id string) Camera {
	if own, ok := c.PerCamera[id]; ok {
		return own
	}
	return c.Camera
}
