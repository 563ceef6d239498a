//go:build linux

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"time"

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
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &lock{
		key: household.NewKey(), spki: sha256.Sum256(parsed.RawSubjectPublicKeyInfo),
		tls: &tls.Config{
			MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
			Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: private}},
		},
	}, nil
}

// guard lets only who knows the agent's key through. A nil lock lets all through.
func (l *lock) guard(agent string, next http.Handler) http.Handler {
	if l == nil {
		return next
	}
	want := "Bearer " + l.key.ForAgent(agent, l.spki).Bearer().Hex()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != want {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"` + string(api.CodeLocked) + `"}`))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// over makes a listener speak TLS only. A nil lock leaves it.
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

// tcpOf is the connection below.
func tcpOf(c net.Conn) (tcp *net.TCPConn, ok bool) {
	if over, is := c.(*tls.Conn); is {
		c = over.NetConn()
	}
	tcp, ok = c.(*net.TCPConn)
	return tcp, ok
}
