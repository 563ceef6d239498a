//go:build linux

package main

import (
	"crypto/tls"
	"net"
	"net/http"

	"pigrid/desktop/accesstest"
	"pigrid/shared/api"
	"pigrid/shared/household"
)

// lock is what makes agents locked for one household. They share one key pair, which
// spares the test the time to make many.
type lock struct {
	key  household.Key
	spki household.Hash // SHA-256 of the public key
	tls  *tls.Config
}

func newLock() (*lock, error) {
	cert, spki, err := accesstest.NewPair()
	return &lock{
		key: household.NewKey(), spki: spki,
		tls: &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, Certificates: []tls.Certificate{cert}},
	}, err
}

// guard refuses clients that do not know the agent's key. A nil lock refuses nobody.
func (l *lock) guard(agent string, next http.Handler) http.Handler {
	if l == nil {
		return next
	}
	want := "Bearer " + l.key.ForAgent(agent, l.spki).Bearer().Hex()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != want {
			refusal{Refusal: api.Refusal{Status: http.StatusUnauthorized, Code: api.CodeLocked, Title: "Locked"}}.write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// over makes a listener speak TLS only. A nil lock leaves it as it is.
func (l *lock) over(plain net.Listener) net.Listener {
	if l == nil {
		return plain
	}
	return tls.NewListener(plain, l.tls)
}

// access is what the agents say of themselves.
func (l *lock) access() api.Access {
	if l == nil {
		return ""
	}
	return api.Locked
}

// tcpOf returns the TCP connection, which may be below TLS.
func tcpOf(c net.Conn) (tcp *net.TCPConn, ok bool) {
	if over, is := c.(*tls.Conn); is {
		c = over.NetConn()
	}
	tcp, ok = c.(*net.TCPConn)
	return tcp, ok
}
