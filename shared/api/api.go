// Package api holds the JSON that an agent answers on its HTTP API and that the
// desktop app reads. It is public: scripts and other projects rely on it.
package api

// Version is the major version of the API. It changes only when an older
// client could no longer read the answers.
const Version = 1

// StatusPath is where an agent serves its [Status].
const StatusPath = "/api/v1/status"

// State says what one camera does at the moment.
type State string

// The states of a camera, as the agent reports them.
const (
	Idle     State = "idle"     // asleep: nobody watches, no camera process runs
	Starting State = "starting" // the capture program runs, no frame yet
	Live     State = "live"     // frames arrive
	Stalled  State = "stalled"  // the capture program runs, frames stopped
	Failed   State = "failed"   // no picture; Problem says why, the agent keeps trying
)

// Problem says in words why a camera gives no picture, or what is not as asked.
type Problem struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`        // what happened, one sentence
	Hint    string `json:"hint,omitempty"` // what a person can do about it
}

// Camera is one camera of an agent.
type Camera struct {
	ID         string   `json:"id"`   // [a-z0-9-], unique on this agent
	Name       string   `json:"name"` // for people, UTF-8
	State      State    `json:"state"`
	Error      *Problem `json:"error,omitempty"`
	Warning    *Problem `json:"warning,omitempty"`      // what is not as asked although pictures come
	Width      int      `json:"width"`                  // pixels, as the frames say; as configured before the first one
	Height     int      `json:"height"`                 // pixels
	Framerate  float64  `json:"framerate"`              // frames per second asked of the camera; fewer when its exposures take longer
	FPS        float64  `json:"fps"`                    // frames per second measured over the last seconds, 0 when none arrive
	Viewers    int      `json:"viewers"`                // open streams and snapshots
	FrameAgeMS *int64   `json:"frame_age_ms,omitempty"` // milliseconds since the newest frame; absent when there is none
	Frames     uint64   `json:"frames"`                 // published since the agent started
	Skipped    uint64   `json:"skipped"`                // frames that some viewer was too slow for, summed over all viewers
	Restarts   uint64   `json:"restarts"`               // times the capture was started again after it failed
	Mode       *Mode    `json:"mode,omitempty"`         // how the sensor is read, if that is known
	Rotation   int      `json:"rotation,omitempty"`     // degrees that the picture must be turned clockwise: 90, 180, 270
	Mirror     bool     `json:"mirror,omitempty"`       // after turning, left and right must be swapped
	Scaled     []Scaled `json:"scaled,omitempty"`       // the smaller sizes that somebody looks at, the largest first
	Video      string   `json:"video"`                  // path of the MJPEG stream on this agent
	Snapshot   string   `json:"snapshot"`               // path of the newest frame as one JPEG
}

// Scaled is a smaller size of a camera's pictures, which the agent makes while
// somebody asks for it with ?width=.
type Scaled struct {
	Width   int    `json:"width"`   // pixels
	Height  int    `json:"height"`  // pixels
	Viewers int    `json:"viewers"` // open streams and snapshots of this size
	Frames  uint64 `json:"frames"`  // scaled since the first of them came
	Skipped uint64 `json:"skipped"` // left out since then, because scaling took longer than half the camera's interval
}

// Mode is how a sensor is read.
type Mode struct {
	Width    int  `json:"width"`     // pixels that the sensor delivers
	Height   int  `json:"height"`    // pixels
	Crop     Rect `json:"crop"`      // the part of the sensor that is seen: what is read, cut to the picture's shape
	Sensor   Size `json:"sensor"`    // all of it
	FullView bool `json:"full_view"` // the crop is the whole sensor, or all but some border pixels
}

// Rect is a part of a picture, in pixels.
type Rect struct {
	X      int `json:"x"`
	Y      int `json:"y"`
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Size is a size in pixels.
type Size struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Status is the answer of GET /api/v1/status.
type Status struct {
	API     int      `json:"api"`              // the agent's [Version]
	ID      string   `json:"id"`               // UUID of the agent, stable across restarts and address changes
	Name    string   `json:"name"`             // for people, UTF-8
	Host    string   `json:"host"`             // host name of the machine, without domain
	Version string   `json:"version"`          // of the program
	Started string   `json:"started"`          // when the program was started, RFC 3339, by its own clock
	Access  Access   `json:"access,omitempty"` // who may watch; absent from agents that are older than access
	Cameras []Camera `json:"cameras"`          // never null; the first one is /video

	// Announced is where the agent can be found by mDNS at the moment; never
	// null, empty when that is turned off or there is no network.
	Announced []Announced `json:"announced"`
}

// Announced is a network interface on which mDNS tells that the agent is there.
type Announced struct {
	Interface string   `json:"interface"` // "eth0"
	Addresses []string `json:"addresses"` // those that are told, IPv4 first, without prefix length
}
