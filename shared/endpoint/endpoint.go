// Package endpoint says where an agent or a camera is, and what it wants to see before
// it answers.
package endpoint

import (
	"log/slog"
	"strings"

	"pigrid/shared/household"
)

// Endpoint is an HTTP server, and how it is spoken to.
type Endpoint struct {
	Scheme string // "http" or "https"
	Addr   string // host:port
	// Credentials are sent when the server asks for them; nil when it lets anybody in.
	Credentials *Credentials
	// Pin is the SHA-256 of the only public key with which the server may answer over
	// https; zero when any will do.
	Pin household.Hash
	// Bearer is sent to a server with that key, and to no other; zero for none.
	Bearer household.Hash
}

// HTTP is the server at host:port, without encryption.
func HTTP(addr string) Endpoint { return Endpoint{Scheme: "http", Addr: addr} }

// TLS is the server at host:port over https, whatever its public key. Nothing secret is
// sent there.
func TLS(addr string) Endpoint { return Endpoint{Scheme: "https", Addr: addr} }

// Pinned is the server at host:port over https with this public key, which is sent the
// bearer.
func Pinned(addr string, pin, bearer household.Hash) Endpoint {
	return Endpoint{Scheme: "https", Addr: addr, Pin: pin, Bearer: bearer}
}

// IsPinned reports whether the server is believed by its public key only.
func (e Endpoint) IsPinned() bool { return e.Scheme == "https" && e.Pin != household.Hash{} }

// SameServer reports whether both are the same server, spoken to in the same way.
func (e Endpoint) SameServer(o Endpoint) bool {
	return e.Scheme == o.Scheme && e.Addr == o.Addr && e.Pin == o.Pin && e.Bearer == o.Bearer
}

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
