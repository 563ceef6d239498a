package client

import (
	"errors"

	"pigrid/shared/endpoint"
)

// errPath is why a path was not asked for.
var errPath = errors.New("the path cannot be asked for")

// Source is where a stream is.
type Source struct {
	endpoint.Endpoint
	Path string // absolute, with query
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
