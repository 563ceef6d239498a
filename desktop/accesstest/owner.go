package accesstest

import (
	"encoding/json"
	"net/http"
	"strings"

	"pigrid/shared/api"
	"pigrid/shared/household"
)

// change answers what only the owner may ask, and the claim.
func (a *Agent) change(w http.ResponseWriter, r *http.Request, body []byte) {
	s := a.Get()
	if r.URL.Path == api.WatchersPath && s.Access == api.Open {
		reply(w, api.Watchers{Watchers: s.Watchers})
		return
	}
	if r.TLS == nil {
		refuse(w, http.StatusUpgradeRequired, api.CodeNeedsTLS)
		return
	}
	if r.URL.Path == api.AccessPath && r.Method == http.MethodPost {
		a.claim(w, body)
		return
	}
	if s.Access != api.Locked || !a.mayLook(w, r) {
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET " + api.AccessPath:
		reply(w, api.Passwords{Passwords: s.Passwords, Version: s.Version, Signed: s.Signed})
		return
	case "GET " + api.WatchersPath:
		reply(w, api.Watchers{Watchers: s.Watchers})
		return
	case "PUT " + api.KeyPath:
		var n api.NewKey
		_ = json.Unmarshal(body, &n)
		a.Set(func(s *State) { s.Key = n.Key })
		a.endStreams()
	case "PUT " + api.PasswordsPath:
		if !a.changePasswords(w, body) {
			return
		}
	case "DELETE " + api.AccessPath:
		a.Set(func(s *State) {
			s.Access, s.Key, s.Passwords, s.Claimable = api.Open, household.AgentKey{}, nil, 900
			s.Version, s.Signed = 0, household.Hash{}
		})
		a.endStreams()
	case "PUT " + api.NamePath:
		var n api.NewName
		_ = json.Unmarshal(body, &n)
		a.Set(func(s *State) { s.Status.Name = n.Name })
	default:
		a.mount(strings.TrimPrefix(r.URL.Path, api.CameraPath), body)
	}
	a.hello(w)
}

// changePasswords takes newer view passwords; it has answered when it returns false.
func (a *Agent) changePasswords(w http.ResponseWriter, body []byte) bool {
	var p api.Passwords
	_ = json.Unmarshal(body, &p)
	s := a.Get()
	switch {
	case p.Version == s.Version && p.Signed == s.Signed:
	case p.Version <= s.Version:
		refuse(w, http.StatusConflict, api.CodeStale)
		return false
	default:
		a.Set(func(s *State) { s.Passwords, s.Version, s.Signed = p.Passwords, p.Version, p.Signed })
		a.endStreams()
	}
	return true
}

// mount takes how a camera is mounted, and its name.
func (a *Agent) mount(id string, body []byte) {
	var m api.Mounting
	_ = json.Unmarshal(body, &m)
	a.Set(func(s *State) {
		list := append([]api.Camera{}, s.Status.Cameras...)
		for i := range list {
			if list[i].ID == id {
				list[i].Name, list[i].Rotation, list[i].Mirror = m.Name, m.Rotation, m.Mirror
			}
		}
		s.Status.Cameras = list
	})
}

func (a *Agent) claim(w http.ResponseWriter, body []byte) {
	var c api.Claim
	if json.Unmarshal(body, &c) != nil || len(c.Passwords) == 0 || len(c.Passwords) > api.MaxPasswords {
		refuse(w, http.StatusBadRequest, api.CodeInvalid)
		return
	}
	code := api.Code("")
	a.Set(func(s *State) {
		switch {
		case s.Access == api.Locked:
			code = api.CodeClaimed
		case s.Claimable == 0:
			code = api.CodeClaimClosed
		default:
			s.Access, s.Key, s.Passwords, s.Claimable = api.Locked, c.Key, c.Passwords, 0
			s.Version, s.Signed = c.Version, c.Signed
		}
	})
	switch code {
	case "":
		a.endStreams()
		a.hello(w)
	case api.CodeClaimed:
		refuse(w, http.StatusConflict, code)
	default:
		refuse(w, http.StatusForbidden, code)
	}
}
