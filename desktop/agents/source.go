package agents

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/icholy/digest"
)

// errPath is why a path was not asked for.
var errPath = errors.New("the path cannot be asked for")

// Source is where a stream is.
type Source struct {
	Addr  string // host:port
	Path  string // absolute, with query
	Login *Login // nil when anybody is let in
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

// hasPassword reports whether there is a name or a password; it may be asked of nil.
func (l *Login) hasPassword() bool { return l != nil && (l.User != "" || l.Password != "") }

// answer adds name and password to a request that was refused without them: by
// Digest (RFC 7616) where the camera knows a kind of it that we know, because
// that does not show the password to the network, else by Basic (RFC 7617).
func (l *Login) answer(req *http.Request, refused http.Header) {
	if challenge, err := digest.FindChallenge(refused); err == nil {
		credentials, err := digest.Digest(challenge, digest.Options{
			Method: req.Method, URI: req.URL.RequestURI(), Username: l.User, Password: l.Password, Count: 1,
		})
		if err == nil {
			req.Header.Set("Authorization", credentials.String())
			return
		}
	}
	req.SetBasicAuth(l.User, l.Password)
}

// String implements [fmt.Stringer].
func (Login) String() string { return "(hidden)" }

// GoString implements [fmt.GoStringer].
func (Login) GoString() string { return "(hidden)" }

// LogValue implements [slog.LogValuer].
func (Login) LogValue() slog.Value { return slog.StringValue("(hidden)") }
