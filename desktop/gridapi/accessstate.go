package gridapi

import (
	"pigrid/desktop/cameras"
	"pigrid/desktop/households"
)

// Access is what this computer knows of who may watch. No key or view password is ever
// in the state.
type Access struct {
	Households []Household `json:"households"` // in the order in which they were made, never null
	// Open has the agents that everybody on their network can watch; never null.
	Open []OpenAgent `json:"open"`
	// New has agents that appeared while there is a household, and that nobody has said
	// yes or no to. Their cameras are not among the cameras. Never null, at most 32.
	New []OpenAgent `json:"new"`
	// Strange is how many locked agents there are that no household here opens.
	Strange int   `json:"strange"`
	Lock    *Lock `json:"lock,omitempty"` // while agents are being locked, mostly null
}

// Household is a household whose key this computer has.
type Household struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Kept is where the key is: "keychain" also when that is not known, "loading" until
	// the keychain has answered, "unreadable" when it does not hand it out.
	Kept      string         `json:"kept"`
	Passwords []ViewPassword `json:"passwords"` // never null
	Agents    []HomeAgent    `json:"agents"`    // by name, never null
	// Overruled says that another computer changed the view passwords when this one did,
	// and that its change stands. It ends with the command seen.
	Overruled bool `json:"overruled"`
}

// ViewPassword is a view password without its text.
type ViewPassword struct {
	Name  string `json:"name"`
	Until int64  `json:"until"` // unix milliseconds, 0 for never
	Here  bool   `json:"here"`  // this computer has its text; another one made it otherwise
}

// HomeAgent is an agent of a household.
type HomeAgent struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Address string         `json:"address"` // host:port, empty when it is not known
	Access  cameras.Access `json:"access"`
	Online  bool           `json:"online"` // it answered the last question
	// Waits says that it has not been sent the newest key, passwords or names yet. That
	// happens when it answers again.
	Waits bool `json:"waits"`
	// Code says why sending them failed, empty when it did not.
	Code households.Code `json:"code"`
}

// OpenAgent is an agent that everybody on its network can watch.
type OpenAgent struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Address string `json:"address"` // host:port
	Cameras int    `json:"cameras"`
}

// Lock is how far locking is. It goes on until the person ends it.
type Lock struct {
	Household string      `json:"household"` // id
	Agents    []LockAgent `json:"agents"`    // by name, never null
}

// LockAgent is an agent that is being locked.
type LockAgent struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Address string `json:"address"`
	// Step is "asking" before its first answer, "claiming", "restart" when it must be
	// switched off and on, "locked" at the end, "failed" when Code says why. Those that
	// failed are tried again.
	Step string `json:"step"`
	// ClaimUntil is until when it can be claimed, unix milliseconds, 0 when it cannot be
	// or nobody knows.
	ClaimUntil int64           `json:"claimUntil"`
	Code       households.Code `json:"code"`
	Message    string          `json:"message"` // the agent's own words
	Hint       string          `json:"hint"`
}

// AccessResult is how a command about access ended.
type AccessResult struct {
	OK      bool            `json:"ok"`
	Code    households.Code `json:"code"`    // why not
	Message string          `json:"message"` // the agent's own words
	Hint    string          `json:"hint"`
	Detail  string          `json:"detail"` // the raw cause
	// Household is the id of the one that was made, joined or changed.
	Household string `json:"household"`
	// Opened has the agents that a key that was typed opens; never null.
	Opened []OpenAgent `json:"opened"`
	// Watched says who watched, of the command watchers; never null.
	Watched []Watched `json:"watched"`
	Sheet   *Sheet    `json:"sheet,omitempty"` // of the command sheet
}

// Watched is who watched one agent in the last seven days.
type Watched struct {
	ID       string          `json:"id"` // of the agent
	Name     string          `json:"name"`
	Code     households.Code `json:"code"`     // why nobody knows
	Watchers []Watcher       `json:"watchers"` // the last to watch first, never null
}

// Watcher is a client that watched.
type Watcher struct {
	Address string `json:"address"`
	Program string `json:"program"` // User-Agent, may be empty
	Last    int64  `json:"last"`    // unix milliseconds by the agent's clock, 0 when it cannot be read
	// Self says that the program runs on the Pi itself, Here that it runs on this computer.
	Self bool `json:"self"`
	Here bool `json:"here"`
}

// Sheet is what a person saves or prints of a household. It has its keys in clear: the
// page keeps it no longer than it is shown.
type Sheet struct {
	Household string          `json:"household"` // id
	Name      string          `json:"name"`
	Key       string          `json:"key"` // four groups of five characters
	Passwords []SheetPassword `json:"passwords"`
	Agents    []SheetAgent    `json:"agents"` // by name
}

// SheetPassword is a view password in clear.
type SheetPassword struct {
	Name  string `json:"name"`
	Until int64  `json:"until"` // unix milliseconds, 0 for never
	Text  string `json:"text"`  // four groups of four characters, empty when another computer made it
}

// SheetAgent is where an agent of the household is.
type SheetAgent struct {
	Name string `json:"name"`
	// URL is that of its page where it answered last, empty when it never did: a phone's QR
	// code is this, followed by "#v=" and the text of a view password.
	URL string `json:"url"`
}
