package gridapi

import (
	"pigrid/desktop/cameras"
	"pigrid/desktop/keep"
)

// Question is what the page asks with POST /frames.
type Question struct {
	State uint64 `json:"state"` // number of the state that the page knows, 0 for none
	Want  []Want `json:"want"`  // cameras that it shows; none for a page that nobody sees
	// Held are cameras of which it keeps showing the last picture, because a person stopped
	// them. They are not asked for others, and what was kept of them stays.
	Held []string `json:"held,omitempty"`
}

// Want is one camera the page shows, and the last frame it was told of.
type Want struct {
	Key string  `json:"key"`
	Seq uint64  `json:"seq"`
	FPS float64 `json:"fps"` // frames per second at most, 0 for all that there are
	// Width is how many pixels of the screen lie across the picture, before it is turned;
	// 0 for all that there are.
	Width int `json:"width"`
}

// News is the newest frame of a camera as the page is told of it.
type News struct {
	Key   string `json:"key"`
	Seq   uint64 `json:"seq"`
	AgeMS int64  `json:"ageMs"`
}

// Answer is the answer to POST /frames, and to each command.
type Answer struct {
	Number uint64     `json:"number"`           // of the state
	State  *State     `json:"state,omitempty"`  // when the page knows another one
	News   []News     `json:"news"`             // never null
	Result *AddResult `json:"result,omitempty"` // of the command add
	// Access is how a command about access ended.
	Access *AccessResult `json:"access,omitempty"`
	// Settings is how a command about settings ended.
	Settings *SettingsResult `json:"settings,omitempty"`
	// Saved is how a command that saves pictures ended.
	Saved *Saved `json:"saved,omitempty"`
	// History is what happened to cameras, when it was asked for.
	History *History `json:"history,omitempty"`
	// SavedAs is how the command saveAs ended.
	SavedAs *SavedAs `json:"savedAs,omitempty"`
	// Heard is the answer to the command heard.
	Heard *Heard `json:"heard,omitempty"`
}

// SavedAs is how saving a file that the page made ended.
type SavedAs struct {
	OK     bool   `json:"ok"`
	Code   string `json:"code"`   // why not: "cancelled", "no-window", "busy", "bad-file" or "failed"
	Path   string `json:"path"`   // where it is
	Detail string `json:"detail"` // what the system said
}

// Saved is how saving pictures ended.
type Saved struct {
	Code   keep.Code `json:"code"`
	Detail string    `json:"detail"` // what the system said, mostly empty
	Paths  []string  `json:"paths"`  // of the files that were saved, also when others were not; never null
	Folder string    `json:"folder"` // where they are, or were to be
	// Seconds is how long a clip is, and Until when its last picture came; that of a
	// snapshot, too.
	Seconds float64 `json:"seconds"`
	Until   int64   `json:"until"`
	Missed  int     `json:"missed"`  // cameras of which there was no picture
	CanShow bool    `json:"canShow"` // reveal shows them in a file manager
}

// State is everything the page shows. It is always sent whole.
type State struct {
	Version   string    `json:"version"`
	Cameras   []Camera  `json:"cameras"` // in display order, never null
	Discovery Discovery `json:"discovery"`
	Search    Search    `json:"search"`
	// Away has the networks on which the cameras were seen last, when this computer is
	// on others and none of them answers; else it is empty, never null.
	Away   []string `json:"away"`
	Notice string   `json:"notice"` // one sentence about the app itself, mostly empty
	// Crowded says that there are more agents on this network than the app can show.
	Crowded bool `json:"crowded"`
	// Kiosk says that nobody sits at the page: it shows no controls and changes nothing.
	Kiosk bool `json:"kiosk"`
	// ReadOnly says that the page may look and change nothing: it has no controls for that.
	ReadOnly bool   `json:"readOnly"`
	Twins    *Twins `json:"twins,omitempty"` // two agents that have the same id, mostly null
	Access   Access `json:"access"`
	// Appearance is how a person wants the page to look.
	Appearance Appearance `json:"appearance"`
	// Layout is how all cameras stand together: "focus" when one is large and the others
	// stand in a strip, else empty.
	Layout string `json:"layout"`
	Views  []View `json:"views"` // in the order in which they were made, never null
	View   string `json:"view"`  // the name of the one that is shown, empty for all cameras
	// BytesPerSecond is what all streams together brought over the last seconds.
	BytesPerSecond int64 `json:"bytesPerSecond"`
}

// View is some cameras with an order and a layout of their own.
type View struct {
	Name    string   `json:"name"`
	Cameras []string `json:"cameras"` // keys in display order, also of cameras that are not there; never null
	Layout  string   `json:"layout"`  // as in State
}

// Twins are two agents that have the same id, and where both are, host:port.
type Twins struct {
	Name  string `json:"name"` // of a camera of the one that is shown
	Shown string `json:"shown"`
	Other string `json:"other"`
}

// Camera is one tile. Times are unix milliseconds, 0 for never.
type Camera struct {
	Key          string         `json:"key"`
	Name         string         `json:"name"`
	Address      string         `json:"address"` // host:port
	Host         string         `json:"host"`
	URL          string         `json:"url"` // of a camera without an agent, without credentials
	AgentVersion string         `json:"agentVersion"`
	State        cameras.State  `json:"state"`
	Since        int64          `json:"since"`
	RetryAt      int64          `json:"retryAt"`
	LastFrameAt  int64          `json:"lastFrameAt"`
	Reason       cameras.Reason `json:"reason"`
	Status       int            `json:"status"`  // HTTP, 0 none
	Message      string         `json:"message"` // the agent's own words
	Hint         string         `json:"hint"`    // what it says one can do
	Detail       string         `json:"detail"`  // the raw cause
	Warning      string         `json:"warning"` // what is not as asked although pictures come, in the agent's words
	FPS          float64        `json:"fps"`
	// BytesPerSecond is what its stream brought over the last seconds.
	BytesPerSecond int64 `json:"bytesPerSecond"`
	// TakenAt is when the picture was taken that came at LastFrameAt, by its agent's clock,
	// 0 when that does not say; ClockAheadMS is how far that clock is ahead of this
	// computer's, negative when it is behind.
	TakenAt      int64 `json:"takenAt"`
	ClockAheadMS int64 `json:"clockAheadMs"`
	Width        int   `json:"width"` // pixels
	Height       int   `json:"height"`
	Added        bool  `json:"added"` // a person typed its address
	// Agent is the id of its agent, empty when it has none.
	Agent     string `json:"agent"`
	AgentName string `json:"agentName"`
	// Unnamed says that the agent still has the name of every Raspberry Pi.
	Unnamed bool `json:"unnamed"`
	// Access is empty for a camera without an agent, before its agent has answered, and
	// when the agent is older than access.
	Access    cameras.Access `json:"access"`
	Household string         `json:"household"` // id, empty when its agent is in none
	// Rotation is how many degrees its picture must be turned clockwise: 0, 90, 180 or
	// 270. Mirror says that left and right must be swapped after that.
	Rotation int  `json:"rotation"`
	Mirror   bool `json:"mirror"`
	// Hidden says that a person does not want to see it. It keeps its place.
	Hidden bool `json:"hidden"`
	// Fill says that its picture is cut so that it fills its tile.
	Fill bool `json:"fill"`
	// Notify says that a person is told when it goes and comes back.
	Notify bool `json:"notify"`
}

// Discovery says whether and where agents are searched for.
type Discovery struct {
	Running    bool     `json:"running"`
	Interfaces []string `json:"interfaces"` // "eth0 192.168.1.20/24", never null
	Problem    string   `json:"problem"`
}

// Search is the last search of whole networks, address by address; all is zero
// before the first.
type Search struct {
	Running  bool     `json:"running"`
	Done     int      `json:"done"` // addresses asked, of Total
	Total    int      `json:"total"`
	Answered int      `json:"answered"` // agents
	Found    int      `json:"found"`    // cameras that were not known before
	Networks []string `json:"networks"` // "192.168.1.0/24", never null
	Stopped  bool     `json:"stopped"`  // by the person, before all were asked
	Problem  string   `json:"problem"`  // "no-network", or the system's own words
}

// AddResult is how adding an address ended.
type AddResult struct {
	OK      bool           `json:"ok"`
	Keys    []string       `json:"keys"` // of the agent's cameras, never null
	Reason  cameras.Reason `json:"reason"`
	Address string         `json:"address"` // as it was understood, host:port
	Detail  string         `json:"detail"`
}

// Call is what a person does: about a camera, an address that was typed, the
// arrangement, or access.
// PAGE.md says which command reads what.
type Call struct {
	Key       string `json:"key"`
	Address   string `json:"address"`
	Household string `json:"household,omitempty"` // id
	Agent     string `json:"agent,omitempty"`     // id
	Name      string `json:"name,omitempty"`
	To        string `json:"to,omitempty"`    // another name
	Text      string `json:"text,omitempty"`  // a household key that was typed, or a file
	Until     int64  `json:"until,omitempty"` // unix milliseconds, 0 for never
	Claim     bool   `json:"claim,omitempty"` // lock a new camera, too
	Keep      bool   `json:"keep,omitempty"`  // also a key that opens nothing
	Rotation  int    `json:"rotation,omitempty"`
	Mirror    bool   `json:"mirror,omitempty"`
	Scheme    string `json:"scheme,omitempty"`
	Labels    string `json:"labels,omitempty"`
	Numbers   string `json:"numbers,omitempty"`
	Path      string `json:"path,omitempty"`   // of a file that was saved, or of a folder
	On        bool   `json:"on,omitempty"`     // hide, fill or notify; false undoes it
	Before    string `json:"before,omitempty"` // key of the camera that the moved one stands before, empty for last
	// View is the name of a view, empty for all cameras, or to make one. Keys and Layout are
	// what it gets.
	View   string   `json:"view,omitempty"`
	Keys   []string `json:"keys,omitempty"`
	Layout string   `json:"layout,omitempty"`
}
