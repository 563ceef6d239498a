// Package accesstest has an agent for tests that can be locked: https and http on one
// port, as docs/API.md says, and what can go wrong with that.
package accesstest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
	"pigrid/shared/mjpeg"
)

// Agent is an agent on a real socket. What it is and does is changed by Set only.
type Agent struct {
	t    testing.TB
	JPEG []byte

	mu sync.Mutex
	State

	addr   string
	server *http.Server
	served chan struct{}
	ended  context.CancelFunc // of all streams
	life   context.Context    //nolint:containedctx // that of its streams
}

// State is what an agent is, and what it was asked.
type State struct {
	Status    api.Status
	Access    api.Access
	Key       household.AgentKey
	Passwords []api.ViewPassword
	Version   int
	Signed    household.Hash
	Claimable int // seconds
	Problem   *api.Problem
	Watchers  []api.Watcher
	Cert      tls.Certificate
	SPKI      household.Hash
	Plain     bool // it has no TLS, like agents before access
	// Answer answers in its place when it returns true; nil never does.
	Answer func(w http.ResponseWriter, r *http.Request) bool
	// Asked has every question so far.
	Asked   []Asked
	Streams int // that are open
	// Wire has what came in, and Sent what went out, without TLS taken off.
	Wire, Sent []byte
}

// Asked is one question.
type Asked struct {
	TLS                         bool
	Method, Path, Authorization string
	Body                        string
}

// New starts an open agent that can be claimed, with one camera per id.
func New(t testing.TB, id, name string, picture []byte, cams ...string) *Agent {
	t.Helper()
	a := &Agent{t: t, JPEG: picture, addr: "127.0.0.1:0"}
	a.Status = api.Status{API: api.Version, ID: id, Name: name, Host: "pi", Version: "0.9.0"}
	for _, c := range cams {
		a.Status.Cameras = append(a.Status.Cameras, api.Camera{ID: c, Name: name + " " + c, State: api.Live, Framerate: 20, Video: "/cameras/" + c + "/video"})
	}
	a.Access, a.Claimable = api.Open, 600
	a.NewCertificate()
	a.Start()
	t.Cleanup(a.Kill)
	return a
}

// NewCertificate gives it another key pair.
func (a *Agent) NewCertificate() {
	cert, spki, err := NewPair()
	if err != nil {
		a.t.Fatal(err)
	}
	a.Set(func(s *State) { s.Cert, s.SPKI = cert, spki })
}

// NewPair makes a key pair with a certificate of a Pi without a clock, which has expired.
// spki is the SHA-256 of the public key.
func NewPair() (cert tls.Certificate, spki household.Hash, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return cert, spki, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return cert, spki, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return cert, spki, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, sha256.Sum256(parsed.RawSubjectPublicKeyInfo), nil
}

// Addr is where it is, host:port.
func (a *Agent) Addr() string { return a.addr }

// Set changes what it is.
func (a *Agent) Set(change func(*State)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(&a.State)
}

// Get returns what it is.
func (a *Agent) Get() State {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.State
}

// Start listens, on the same port as before.
func (a *Agent) Start() {
	a.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", a.addr)
	if err != nil {
		a.t.Fatal(err)
	}
	a.addr = l.Addr().String()
	a.Set(func(*State) { a.life, a.ended = context.WithCancel(context.Background()) })
	a.server = &http.Server{Handler: http.HandlerFunc(a.serve), ErrorLog: log.New(io.Discard, "", 0)}
	a.served = make(chan struct{})
	both := &listener{Listener: l, agent: a, conns: make(chan net.Conn), done: make(chan struct{})}
	go both.accept()
	go func(s *http.Server, done chan struct{}) { defer close(done); _ = s.Serve(both); <-both.done }(a.server, a.served)
}

// Kill hangs up on everybody and frees the port.
func (a *Agent) Kill() {
	a.endStreams()
	_ = a.server.Close()
	<-a.served
}

func (a *Agent) endStreams() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended()
	a.life, a.ended = context.WithCancel(context.Background())
}

func (a *Agent) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	a.Set(func(s *State) {
		s.Asked = append(s.Asked, Asked{r.TLS != nil, r.Method, r.URL.Path, r.Header.Get("Authorization"), string(body)})
	})
	if answer := a.Get().Answer; answer != nil && answer(w, r) {
		return
	}
	switch r.URL.Path {
	case "/healthz":
		return
	case api.HelloPath:
		a.hello(w)
	case api.ProofPath:
		a.prove(w, r, body)
	case api.AccessPath, api.KeyPath, api.PasswordsPath, api.NamePath, api.WatchersPath:
		a.change(w, r, body)
	case api.StatusPath:
		if a.mayLook(w, r) {
			a.mu.Lock()
			status := a.Status
			status.Access = a.Access
			a.mu.Unlock()
			reply(w, status)
		}
	default:
		switch {
		case strings.HasPrefix(r.URL.Path, api.CameraPath):
			a.change(w, r, body)
		case a.mayLook(w, r):
			a.video(w, r)
		}
	}
}

func (a *Agent) hello(w http.ResponseWriter) {
	s := a.Get()
	reply(w, api.Hello{API: s.Status.API, ID: s.Status.ID, Name: s.Status.Name, Version: s.Status.Version, Access: s.Access, SPKI: s.SPKI, ClaimSeconds: s.Claimable, Problem: s.Problem})
}

func (a *Agent) prove(w http.ResponseWriter, r *http.Request, body []byte) {
	s := a.Get()
	var n api.Nonce
	switch {
	case r.TLS == nil:
		refuse(w, http.StatusUpgradeRequired, api.CodeNeedsTLS)
	case s.Access != api.Locked:
		refuse(w, http.StatusConflict, api.CodeNotLocked)
	case json.Unmarshal(body, &n) != nil:
		refuse(w, http.StatusBadRequest, api.CodeInvalid)
	default:
		reply(w, api.Proof{Proof: s.Key.Proof(n.Nonce)})
	}
}

// mayLook answers whoever may not look at a locked agent.
func (a *Agent) mayLook(w http.ResponseWriter, r *http.Request) bool {
	s := a.Get()
	auth := r.Header.Get("Authorization")
	switch {
	case s.Access == api.Open, r.TLS != nil && auth == "Bearer "+s.Key.Bearer().Hex():
		return true
	case auth == "":
		refuse(w, http.StatusUnauthorized, api.CodeLocked)
	case r.TLS == nil && strings.HasPrefix(auth, "Bearer"):
		refuse(w, http.StatusUpgradeRequired, api.CodeNeedsTLS)
	default:
		refuse(w, http.StatusUnauthorized, api.CodeWrongLogin)
	}
	return false
}

func (a *Agent) video(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", mjpeg.ContentType)
	_, _ = w.Write([]byte(mjpeg.Opening))
	w.(http.Flusher).Flush()
	a.Set(func(s *State) { s.Streams++ })
	defer a.Set(func(s *State) { s.Streams-- })
	a.mu.Lock()
	life := a.life
	a.mu.Unlock()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-life.Done():
			return
		case now := <-tick.C:
			if _, err := w.Write(mjpeg.NewPart(a.JPEG, now, false).Standard); err != nil {
				return
			}
			w.(http.Flusher).Flush()
		}
	}
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, code api.Code) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(api.Refusal{Type: "about:blank", Title: "Refused", Status: status, Detail: "What happened.", Hint: "What to do.", Code: code})
}
