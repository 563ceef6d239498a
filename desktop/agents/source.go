package agents

import (
	"errors"
	"log/slog"
)

// errPath is why a path was not asked for.
var errPath = errors.New("the path cannot be asked for")

// Source is where a stream is.
type Source struct {
	Addr  string // host:port
	Path  string // absolute, with query
	Login *Login // nil when anybody is let in
	// Foreign says that no agent is there: what the camera answers is repaired
	// where it must be, and it may send us on.
	Foreign bool
	// Auth is kept from one question to the next, so that only the first is
	// refused; nil when there is only one.
	Auth *Auth
	// Home is the network, like "192.168.1.0/24", on which a password that stands in
	// the query may be told: it goes to whoever has the address. Empty: on all.
	Home string
}

// Login is what a camera wants to see before it lets anybody in. It never
// appears in texts or logs.
type Login struct {
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	// Query is the query of a URL that carries a password in it.
	Query string `json:"query,omitempty"`
}

// HasQuery reports whether there is a query; it may be asked of nil.
func (l *Login) HasQuery() bool { return l != nil && l.Query != "" }

// HasPassword reports whether there is a name or a password; it may be asked of nil.
func (l *Login) HasPassword() bool { return l != nil && (l.User != "" || l.Password != "") }

// String implements [fmt.Stringer].
func (Login) String() string { return "(hidden)" }

// GoString implements [fmt.GoStringer].
func (Login) GoString() string { return "(hidden)" }

// LogValue implements [slog.LogValuer].
func (Login) LogValue() slog.Value { return slog.StringValue("(hidden)") }
