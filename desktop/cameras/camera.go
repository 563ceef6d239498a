package cameras

import (
	"strings"
	"time"

	"pigrid/shared/api"
)

// StandIn is the camera id of the tile of an agent that lists no camera we can
// read: it has none, or it speaks another API version.
const StandIn = "none"

// LongMissing is how long a camera that was found must be away before another one
// may have its place, when there is no other.
const LongMissing = 10 * time.Minute

// Camera is one camera that was seen at least once.
type Camera struct {
	Key     string // see [Key]
	Agent   string // id of its agent
	ID      string // on its agent
	Name    string // for people
	Host    string // host name of the agent's machine
	Version string // of the agent's program
	// AgentName is what the agent is called, empty before its first answer.
	AgentName string

	Addresses []string // where its agent may be, host:port, best first
	Video     string   // path of its stream, empty before the first answer
	Framerate float64  // asked of the camera, 0 when unknown
	Width     int      // pixels, the last that were seen
	Height    int
	Added     bool // a person typed its address

	// URL is where a camera that has no agent is, without credentials;
	// empty when it has an agent. Login says that there is such a secret.
	URL   string
	Login bool
	Asks  Challenge // how it asks for that

	// Network is that of this computer on which it gave its last picture, like
	// "192.168.1.0/24"; empty when it is not known.
	Network string

	State   api.State // as the agent says
	Problem *api.Problem
	Warning *api.Problem // what is not as asked although pictures come
	Missing bool         // the agent answered without listing it
	// Rotation and Mirror are how its owner mounted it, as the agent says; see
	// [api.Mounting].
	Rotation int
	Mirror   bool
	// Own is what its owner said of it on this computer only, because its agent is open.
	Own Own
	// Seen is when its agent listed it last, zero before the first time in this run.
	Seen time.Time
}

// Own is what an owner said of a camera and its agent on this computer; the zero value
// is nothing. It is sent to the agent when that is locked.
type Own struct {
	Mounted   bool // the next three were said
	Name      string
	Rotation  int
	Mirror    bool
	AgentName string // empty when it was not said
}

// Shown returns the camera as its owner wants to see it.
func (c Camera) Shown() Camera {
	if c.Own.Mounted {
		c.Rotation, c.Mirror = c.Own.Rotation, c.Own.Mirror
	}
	switch {
	case c.Own.Mounted && c.Own.Name != "":
		c.Name = c.Own.Name
	case c.Own.AgentName != "" && c.AgentName != "":
		if rest, ok := strings.CutPrefix(c.Name, c.AgentName); ok { // it is called after its agent
			c.Name = c.Own.AgentName + rest
		}
	}
	if c.Own.AgentName != "" {
		c.AgentName = c.Own.AgentName
	}
	return c
}
