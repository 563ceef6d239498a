package cameras

import (
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
	// Seen is when its agent listed it last, zero before the first time in this run.
	Seen time.Time
}
