// Package endpoint says where an agent or a camera is, and what it wants to see before
// it answers.
package endpoint

import (
	"log/slog"
	"strings"
)

// Endpoint is an HTTP server.
type Endpoint struct {
	Scheme string // "http"
	Addr   string // host:port
	// Credentials are sent when the server asks for them; nil when it lets anybody in.
	Credentials *Credentials
}

// HTTP is the server at host:port, without encryption.
func HTTP(addr string) Endpoint { return Endpoint{Scheme: "http", Addr: addr} }

// All returns the servers at these addresses, host:port.
func All(addrs []string) []Endpoint {
	list := make([]Endpoint, len(addrs))
	for i, a := range addrs {
		list[i] = HTTP(a)
	}
	return list
}

// With returns the same server with credentials.
func (e Endpoint) With(c *Credentials) Endpoint {
	e.Credentials = c
	return e
}

// URL is the URL of a path and query on the server, without credentials. The zone of an
// IPv6 address is escaped (RFC 6874).
func (e Endpoint) URL(pathAndQuery string) string {
	return e.Scheme + "://" + strings.ReplaceAll(e.Addr, "%", "%25") + pathAndQuery
}

// Credentials are what a camera wants to see before it lets anybody in. They never
// appear in texts or logs.
type Credentials struct {
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	// Query is the query of a URL that carries a password in it.
	Query string `json:"query,omitempty"`
}

// HasQuery reports whether there is a query; it may be asked of nil.
func (c *Credentials) HasQuery() bool { return c != nil && c.Query != "" }

// HasPassword reports whether there is a name or a password; it may be asked of nil.
func (c *Credentials) HasPassword() bool { return c != nil && (c.User != "" || c.Password != "") }

// Equal reports whether both are there and the same.
func (c *Credentials) Equal(o *Credentials) bool { return c != nil && o != nil && *c == *o }

// String implements [fmt.Stringer].
func (Credentials) String() string { return "(hidden)" }

// GoString implements [fmt.GoStringer].
func (Credentials) GoString() string { return "(hidden)" }

// LogValue implements [slog.LogValuer].
func (Credentials) LogValue() slog.Value { return slog.StringValue("(hidden)") }
