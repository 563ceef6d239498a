package api

import (
	"strconv"

	"pigrid/shared/household"
)

// Paths of access, see docs/API.md.
const (
	HelloPath     = "/api/v1/hello"
	AccessPath    = "/api/v1/access"
	ProofPath     = "/api/v1/access/proof"
	KeyPath       = "/api/v1/access/key"
	PasswordsPath = "/api/v1/access/passwords"
	WatchersPath  = "/api/v1/access/watchers"
	NamePath      = "/api/v1/name"
	CameraPath    = "/api/v1/cameras/" // and the id of a camera
)

// Access says who may watch.
type Access string

// What an agent's access can be.
const (
	Open   Access = "open"   // everybody on its network
	Locked Access = "locked" // who has a view password or the household key
)

// MaxPasswords is how many view passwords an agent takes.
const MaxPasswords = 8

// Hello is the answer of GET /api/v1/hello, which a locked agent gives to everybody
// on its network.
type Hello struct {
	API     int            `json:"api"` // the agent's [Version]
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Version string         `json:"version"` // of the program
	Access  Access         `json:"access"`
	SPKI    household.Hash `json:"spki"` // SHA-256 of the public key in the agent's certificate; zeros when it has none
	// ClaimSeconds is how long the agent can still be claimed, 0 for not now.
	ClaimSeconds int `json:"claim_seconds"`
	// Problem is why it cannot be claimed, or that its access is not as asked.
	Problem *Problem `json:"problem,omitempty"`
}

// Claim is the body of POST /api/v1/access: who sends it first owns the agent.
type Claim struct {
	Key       household.AgentKey `json:"key"`
	Passwords []ViewPassword     `json:"passwords"` // 1 to [MaxPasswords]
	Version   int                `json:"version,omitempty"`
	Signed    household.Hash     `json:"signed"`
}

// ViewPassword is a view password as an agent keeps it.
type ViewPassword struct {
	Name string         `json:"name"` // for people, unique on this agent
	Hash household.Hash `json:"hash"`
	// Until is when it ends, RFC 3339, empty for never.
	Until string `json:"until,omitempty"`
}

// Passwords is the body of PUT /api/v1/access/passwords and the answer of GET
// /api/v1/access: all view passwords. Version grows with each change. Signed is a code
// under the household key over both. An agent keeps it and cannot make it: so none can
// add a password of its own.
type Passwords struct {
	Passwords []ViewPassword `json:"passwords"`
	Version   int            `json:"version,omitempty"`
	Signed    household.Hash `json:"signed"`
}

// SignedBy returns the list with the code of a household key.
func (p Passwords) SignedBy(k household.Key) Passwords {
	p.Signed = p.code(k)
	return p
}

// IsSignedBy reports whether who has the key made the list.
func (p Passwords) IsSignedBy(k household.Key) bool { return p.Signed.Equal(p.code(k)) }

func (p Passwords) code(k household.Key) household.Hash {
	parts := []string{"passwords/1", strconv.Itoa(p.Version)}
	for _, one := range p.Passwords {
		parts = append(parts, one.Name, one.Hash.Hex(), one.Until)
	}
	return k.Sign(parts...)
}

// NewKey is the body of PUT /api/v1/access/key.
type NewKey struct {
	Key household.AgentKey `json:"key"`
}

// Nonce is the body of POST /api/v1/access/proof.
type Nonce struct {
	Nonce household.Hash `json:"nonce"`
}

// Proof is the answer: [household.AgentKey.Proof] of the nonce.
type Proof struct {
	Proof household.Hash `json:"proof"`
}

// Watcher is a client that watched in the last seven days, for who locks the agent
// and wants to know what will stop working.
type Watcher struct {
	Address string `json:"address"` // IP address
	Program string `json:"program"` // what it calls itself (User-Agent), UTF-8, may be empty
	Last    string `json:"last"`    // when it watched last, RFC 3339, by the agent's clock
}

// Watchers is the answer of GET /api/v1/access/watchers, the last to watch first.
type Watchers struct {
	Watchers []Watcher `json:"watchers"` // never null
}

// NewName is the body of PUT /api/v1/name. An empty name is the host's again.
type NewName struct {
	Name string `json:"name"`
}

// Mounting is the body of PUT /api/v1/cameras/{id}: what its owner says of a
// camera. Pictures stay as they are; who shows them turns them.
type Mounting struct {
	Name     string `json:"name"`     // for people; empty for the name it has by itself
	Rotation int    `json:"rotation"` // degrees that its picture must be turned clockwise: 0, 90, 180, 270
	Mirror   bool   `json:"mirror"`   // after turning, left and right are swapped
}
