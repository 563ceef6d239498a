package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"pigrid/agent/facts"
	"pigrid/shared/api"
	"pigrid/shared/household"
)

// maxBody is how long the JSON may be that a client sends, in bytes.
const maxBody = 16 << 10

// accessRoutes adds what decides over access. What is here checks for itself who may
// ask; none of it is behind guardAccess.
func (s *Server) accessRoutes(r chi.Router) {
	get(r, loginPath, s.login)
	get(r, api.HelloPath, s.hello)
	if s.cfg.Access == nil {
		return
	}
	r.Group(func(r chi.Router) {
		r.Use(s.sameOrigin)
		r.Post(loginPath, s.logIn)
	})
	r.Group(func(r chi.Router) {
		r.Use(s.sameOrigin, s.overTLS)
		r.Post(api.ProofPath, s.prove)
		r.Post(api.AccessPath, s.claim)
	})
	get(r, api.WatchersPath, s.listWatchers)
	r.Group(func(r chi.Router) {
		r.Use(s.sameOrigin, s.overTLS, s.ownerOnly)
		get(r, api.AccessPath, s.passwords)
		r.Put(api.KeyPath, s.setKey)
		r.Put(api.PasswordsPath, s.setPasswords)
		r.Delete(api.AccessPath, s.release)
		r.Put(api.NamePath, s.setName)
		r.Put(api.CameraPath+"{id}", s.setMounting)
	})
}

// sameOrigin refuses what a page of another origin has a browser send.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if protection.Check(r) != nil {
			fail(w, r, api.Refusal{
				Status: http.StatusForbidden, Title: "Access denied",
				Detail: "A page of another address sent this.", Hint: "Open the agent's own page. A proxy must pass on the Host header.",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// overTLS refuses what would give a key away over HTTP.
func (s *Server) overTLS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isSecure(r.Context()) {
			s.failLogin(w, r, *needsTLS())
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownerOnly lets in who has the household key.
func (s *Server) ownerOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusal := s.isOwner(r); refusal != nil {
			s.failLogin(w, r, *refusal)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) isOwner(r *http.Request) *api.Refusal {
	token, sent := bearerOf(r)
	switch {
	case sent && s.cfg.Access.Bearer(token):
		return nil
	case sent && s.cfg.Access.State() == api.Locked:
		return s.wrong(r)
	}
	return &api.Refusal{
		Status: http.StatusUnauthorized, Code: api.CodeLocked, Title: "Only its owner may do this",
		Detail: "This needs the household key.", Hint: "Do it in the PiGrid app. An agent that is open must be locked first.",
	}
}

// hello answers what everybody may know.
func (s *Server) hello(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.helloNow()) }

func (s *Server) helloNow() api.Hello {
	h := api.Hello{API: api.Version, ID: s.cfg.Identity.ID, Name: s.name(), Version: s.cfg.Version, Access: api.Open}
	if s.cfg.Access != nil {
		s.cfg.Access.Hello(&h)
	}
	return h
}

// done answers a change: what everybody may know now, or why there is none.
func (s *Server) done(w http.ResponseWriter, r *http.Request, refusal *api.Refusal) {
	if refusal != nil {
		fail(w, r, *refusal)
		return
	}
	writeJSON(w, s.helloNow())
}

func (s *Server) prove(w http.ResponseWriter, r *http.Request) {
	body, ok := readJSON[api.Nonce](w, r)
	if !ok {
		return
	}
	if body.Nonce == (household.Hash{}) {
		fail(w, r, api.Refusal{Status: http.StatusBadRequest, Code: api.CodeInvalid, Title: "Invalid request", Detail: "There is no nonce of 32 random bytes."})
		return
	}
	proof, refusal := s.cfg.Access.Prove(body.Nonce)
	if refusal != nil {
		fail(w, r, *refusal)
		return
	}
	writeJSON(w, api.Proof{Proof: proof})
}

func (s *Server) claim(w http.ResponseWriter, r *http.Request) {
	if body, ok := readJSON[api.Claim](w, r); ok {
		s.done(w, r, s.cfg.Access.Claim(body))
	}
}

func (s *Server) setKey(w http.ResponseWriter, r *http.Request) {
	if body, ok := readJSON[api.NewKey](w, r); ok {
		s.done(w, r, s.cfg.Access.SetKey(body.Key))
	}
}

func (s *Server) setPasswords(w http.ResponseWriter, r *http.Request) {
	if body, ok := readJSON[api.Passwords](w, r); ok {
		s.done(w, r, s.cfg.Access.SetPasswords(body))
	}
}

func (s *Server) release(w http.ResponseWriter, r *http.Request) {
	s.done(w, r, s.cfg.Access.Release())
}

func (s *Server) passwords(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, s.cfg.Access.Passwords())
}

// listWatchers answers who watched lately. Everybody may know it of an open agent, as
// everybody sees the pictures.
func (s *Server) listWatchers(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Access.State() == api.Locked {
		refusal := needsTLS()
		if isSecure(r.Context()) {
			refusal = s.isOwner(r)
		}
		if refusal != nil {
			s.failLogin(w, r, *refusal)
			return
		}
	}
	writeJSON(w, api.Watchers{Watchers: s.watchers.list(time.Now())})
}

func (s *Server) setName(w http.ResponseWriter, r *http.Request) {
	if body, ok := readJSON[api.NewName](w, r); ok {
		s.done(w, r, factRefusal(s.cfg.Facts.SetName(body.Name)))
	}
}

func (s *Server) setMounting(w http.ResponseWriter, r *http.Request) {
	body, ok := readJSON[api.Mounting](w, r)
	if !ok {
		return
	}
	hub, ok := s.cfg.Cameras.Get(chi.URLParam(r, "id"))
	if !ok {
		failUnknown(w, r)
		return
	}
	if refusal := factRefusal(s.cfg.Facts.SetCamera(hub.Camera().ID, body)); refusal != nil {
		fail(w, r, *refusal)
		return
	}
	writeJSON(w, s.camera(hub, time.Now()))
}

// factRefusal is the answer to what could not be kept.
func factRefusal(err error) *api.Refusal {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*facts.StoreError](err); ok {
		return &api.Refusal{
			Status: http.StatusInsufficientStorage, Code: api.CodeNotKept, Title: "Nothing has changed",
			Detail: "The agent could not save it: " + errors.Unwrap(err).Error() + ".", Hint: "Free some space on the card.",
		}
	}
	return &api.Refusal{Status: http.StatusBadRequest, Code: api.CodeInvalid, Title: "Invalid request", Detail: "Nothing has changed: " + err.Error() + "."}
}

// readJSON reads a body that is one JSON value and nothing else. It answers what is
// wrong with it.
func readJSON[T any](w http.ResponseWriter, r *http.Request) (body T, ok bool) {
	invalid := func(status int, detail string) (T, bool) {
		fail(w, r, api.Refusal{Status: status, Code: api.CodeInvalid, Title: "Invalid request", Detail: detail})
		return body, false
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return invalid(http.StatusUnsupportedMediaType, "The body must be JSON (Content-Type: application/json).")
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	if err := d.Decode(&body); err != nil {
		return invalid(http.StatusBadRequest, "The body is not the JSON that belongs here.")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return invalid(http.StatusBadRequest, "The body is not the JSON that belongs here.")
	}
	return body, true
}
