package gridapi

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	// retryPause is for how long a camera is not tried again because a viewer wants it.
	retryPause = time.Second
	// maxRetried is how many cameras are remembered for that.
	maxRetried = 256
)

// viewers are pages that may look and change nothing.
type viewers struct {
	*Server

	mu      sync.Mutex
	retried map[string]time.Time // by key: when a viewer last had it tried
}

// Viewers serves what Handler does to people who may look and change nothing, however
// many. Of the commands there are retry, at most once a second for each camera, history
// and exportHistory. The state has no households, no agents that are not shown, and
// nothing of URLs that may be a password.
func (s *Server) Viewers() http.Handler {
	v := &viewers{Server: s, retried: map[string]time.Time{}}
	return s.routes(func(w http.ResponseWriter, r *http.Request) { s.serveNews(w, r, v.answer, false) }, v.serveCall, clientOf)
}

// clientOf is the address of the computer that a page is on.
func clientOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// answer has the state as viewers see it, if the page knows another one.
func (v *viewers) answer(known uint64) Answer {
	a := v.Server.answer(known)
	if a.State != nil {
		shown := forViewers(*a.State)
		a.State = &shown
	}
	return a
}

// forViewers leaves out what only somebody who may change things can use.
func forViewers(s State) State {
	s.ReadOnly, s.Notice, s.Twins, s.Crowded = true, "", nil, false
	s.Access = Access{Households: []Household{}, Open: []OpenAgent{}, New: []OpenAgent{}}
	s.Search = Search{Networks: []string{}}
	s.View = "" // each browser chooses its own
	list := make([]Camera, len(s.Cameras))
	for i, c := range s.Cameras {
		c.Household = ""
		if at, _, secret := strings.Cut(c.URL, "?"); secret {
			c.URL, c.Detail = at, ""
		}
		list[i] = c
	}
	s.Cameras = list
	return s
}

// serveCall answers like that of a Server.
func (v *viewers) serveCall(w http.ResponseWriter, r *http.Request) {
	command := r.PathValue("command")
	if command != "retry" && command != "history" && command != "exportHistory" {
		http.Error(w, "this page only shows cameras; they are managed on the computer where pigrid-serve runs", http.StatusForbidden)
		return
	}
	var c Call
	if !readJSON(w, r, maxCall, &c) {
		return
	}
	var done Answer
	if command != "retry" {
		done.History = v.runHistory(command, c)
	} else if v.mayRetry(c.Key, time.Now()) {
		v.engine.Retry(c.Key)
		v.board.post(v.State, true)
	}
	now := v.answer(0)
	done.Number, done.State, done.News = now.Number, now.State, now.News
	writeJSON(w, done)
}

// mayRetry reports whether a camera may be tried again now.
func (v *viewers) mayRetry(key string, now time.Time) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	for k, at := range v.retried {
		if now.Sub(at) >= retryPause {
			delete(v.retried, k)
		}
	}
	if _, lately := v.retried[key]; lately || len(v.retried) >= maxRetried {
		return false
	}
	v.retried[key] = now
	return true
}
