package client

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"

	"pigrid/shared/household"
)

var (
	// ErrOtherKey says that who answers has another public key than it must have.
	ErrOtherKey = errors.New("it has another public key than before")
	// errNoTLS says that who answers does not encrypt, which agents older than access
	// do not.
	errNoTLS = errors.New("it does not speak TLS")
	// errPlain is why a bearer was not sent.
	errPlain = errors.New("a key is sent only to an agent that is known by its public key")
)

// pinned is the key of a context for the public key that must answer.
type pinned struct{}

// identified makes a question one to a server with a certain public key, and shows it
// the bearer.
func identified(req *http.Request, from Source) (*http.Request, error) {
	if (from.Bearer != household.Hash{}) {
		if !from.IsPinned() {
			return nil, errPlain
		}
		req.Header.Set("Authorization", "Bearer "+from.Bearer.Hex())
	}
	if !from.IsPinned() {
		return req, nil
	}
	return req.WithContext(context.WithValue(req.Context(), pinned{}, from.Pin)), nil
}

// dialTLS opens a connection for one question and checks who answers. A Pi has no
// authority that vouches for it, and starts without a clock: so neither names nor dates
// count, but its public key alone.
func (c *Client) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	plain, err := c.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.dialer.Timeout)
	defer cancel()
	pin, must := ctx.Value(pinned{}).(household.Hash)
	conn := tls.Client(plain, &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		InsecureSkipVerify: true, // VerifyConnection does
		VerifyConnection: func(s tls.ConnectionState) error {
			if shown, ok := shownBy(&s); !ok || must && !shown.Equal(pin) {
				return ErrOtherKey
			}
			return nil
		},
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = plain.Close()
		if _, notTLS := errors.AsType[tls.RecordHeaderError](err); notTLS {
			return nil, errNoTLS
		}
		return nil, fmt.Errorf("TLS: %w", err)
	}
	return conn, nil
}

// shownBy is the SHA-256 of the public key that the other side has proved to own.
func shownBy(s *tls.ConnectionState) (shown household.Hash, ok bool) {
	if s == nil || len(s.PeerCertificates) == 0 {
		return shown, false
	}
	return sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo), true
}
