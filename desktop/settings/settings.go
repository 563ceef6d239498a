package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Version is the format of the file. A file of a newer version is left alone, because
// writing it would lose what it holds.
//
// Since 2 a camera says how it asks for its password. An older program would lose
// that, and tell the password to whoever asks. Since 3 it has the public keys of agents
// that were locked, which an older program would lose; then an agent that pretends to
// be one of them would be believed. A file without those is written as version 2.
const (
	Version = 3

	withoutAccess = 2
)

// MaxURL is the longest URL of a camera that is kept, in bytes.
const MaxURL = 1024

const (
	maxCameras   = 1024
	maxAddresses = 8
	maxText      = 255 // bytes
	maxSide      = 65535
)

// How many households, agents that were locked and agents that a person does not want
// to see are kept.
const (
	MaxHouseholds = 8
	MaxAgents     = 1024
	MaxDeclined   = 256
)

// ErrNewer says that a newer PiGrid wrote the file.
var ErrNewer = errors.New("it was written by a newer PiGrid")

// Settings is everything the app remembers between two runs.
type Settings struct {
	Version int      `json:"version"`
	Window  Window   `json:"window"`
	Cameras []Camera `json:"cameras"`
	// Households has those whose keys are among the secrets, in the order in which they
	// were made.
	Households []Household `json:"households,omitempty"`
	// Agents has those that were locked here at least once.
	Agents []Agent `json:"agents,omitempty"`
	// Declined has the ids of agents that a person does not want to see.
	Declined []string `json:"declined,omitempty"`
	// Appearance is how the page looks.
	Appearance Appearance `json:"appearance,omitzero"`
	Pictures   Pictures   `json:"pictures,omitzero"`
	// Arrangement is how a person arranged the cameras.
	Arrangement Arrangement `json:"arrangement,omitzero"`
}

// Window is the size and place of the window in pixels, the size 0 by 0 when unknown.
type Window struct {
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	Maximised bool `json:"maximised,omitempty"` // the rest is from before
	X         int  `json:"x,omitempty"`
	Y         int  `json:"y,omitempty"`
	// Screen is the size of the only screen at the time, as in 1920x1080; empty: the
	// place is unknown.
	Screen string `json:"screen,omitempty"`
}

// Camera is one camera that was seen at least once.
type Camera struct {
	Key       string   `json:"key"` // agent:<id>/<camera> or url:<hash>
	Name      string   `json:"name"`
	Host      string   `json:"host,omitempty"`
	Addresses []string `json:"addresses"` // host:port, best first
	Width     int      `json:"width"`     // pixels, of the last picture
	Height    int      `json:"height"`
	// URL is where a camera without an agent is. Login says that what lets one in
	// is kept among the secrets; it is never in here.
	URL   string `json:"url,omitempty"`
	Login bool   `json:"login,omitempty"`
	// Asks is how it asks for that, nil when it is not known.
	Asks *Asks `json:"asks,omitempty"`
	// Network is that of this computer on which it gave its last picture, empty when
	// it is not known.
	Network string `json:"network,omitempty"`
	// Added is when a person typed the address, zero when it was found.
	Added time.Time `json:"added,omitzero"`
	// AgentName is what its agent is called, as it said last.
	AgentName string `json:"agent_name,omitempty"`
	// Own is what a person said of it on this computer, nil for nothing.
	Own *Own `json:"own,omitempty"`
}

// Asks is how a camera asks for a name and a password.
type Asks struct {
	Scheme string `json:"scheme"` // "digest", "basic" or "none"
	Realm  string `json:"realm,omitempty"`
}

// Parse reads a settings file. What is wrong with a single camera or size is
// left out; the error says what is wrong with the file as a whole.
func Parse(data []byte) (Settings, error) {
	var head struct{ Version int }
	if err := json.Unmarshal(data, &head); err != nil {
		return Settings{}, fmt.Errorf("it is not readable as JSON: %w", err)
	}
	switch {
	case head.Version > Version:
		return Settings{}, ErrNewer
	case head.Version < 1:
		return Settings{}, fmt.Errorf("it has the version %d", head.Version)
	}
	var s Settings
	if err := json.Unmarshal(data, &s); err != nil {
		return Settings{}, fmt.Errorf("it is not readable: %w", err)
	}
	return s.valid(), nil
}

// valid returns the settings without what cannot be used, as Parse leaves them.
func (s Settings) valid() Settings {
	s.Version = Version
	if !side(s.Window.Width) || !side(s.Window.Height) {
		s.Window = Window{}
	}
	if !s.Appearance.Valid() {
		s.Appearance = Appearance{}
	}
	kept := []Camera{}
	seen := map[string]bool{}
	for _, c := range s.Cameras {
		if len(kept) < maxCameras && !seen[c.Key] && text(c.Key) && c.Key != "" {
			seen[c.Key] = true
			kept = append(kept, c.valid())
		}
	}
	s.Cameras, s.Pictures = kept, s.Pictures.valid()
	s.Arrangement = s.Arrangement.valid()
	return s.validAccess()
}

func (c Camera) valid() Camera {
	if !text(c.Name) {
		c.Name = ""
	}
	if !text(c.Host) {
		c.Host = ""
	}
	if _, err := netip.ParsePrefix(c.Network); err != nil {
		c.Network = ""
	}
	if !side(c.Width) || !side(c.Height) {
		c.Width, c.Height = 0, 0
	}
	if !cameraURL(c.URL) {
		c.URL, c.Login = "", false
	}
	if !c.Login || c.Asks != nil && !c.Asks.valid() {
		c.Asks = nil
	}
	addresses := []string{}
	for _, a := range c.Addresses {
		if len(addresses) < maxAddresses && hostPort(a) && !slices.Contains(addresses, a) {
			addresses = append(addresses, a)
		}
	}
	c.Addresses = addresses
	if !text(c.AgentName) {
		c.AgentName = ""
	}
	if c.Own != nil && !c.Own.valid() {
		c.Own = nil
	}
	return c
}

func (a Asks) valid() bool {
	return slices.Contains([]string{"digest", "basic", "none"}, a.Scheme) && text(a.Realm)
}

func side(n int) bool { return n >= 0 && n <= maxSide }

// text reports whether s is short and printable.
func text(s string) bool { return len(s) <= maxText && printable(s) }

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// cameraURL reports whether s is a URL that can be dialled and holds no password.
func cameraURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= MaxURL && !strings.ContainsFunc(s, unicode.IsControl) && u.Scheme == "http" && u.User == nil && u.Fragment == "" && hostPort(u.Host)
}

func hostPort(s string) bool {
	host, port, err := net.SplitHostPort(s)
	n, perr := strconv.ParseUint(port, 10, 16)
	return err == nil && perr == nil && n > 0 && host != "" && text(s) && !strings.ContainsAny(host, "/ @?#")
}
