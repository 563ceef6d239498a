package web

import (
	"context"
	_ "embed"
	"html/template"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
	"pigrid/shared/loginpage"
)

//go:embed assets/login.html
var loginHTML string

var loginPage = template.Must(template.New("login").Parse(loginHTML))

// loginPolicy is pagePolicy for a page with a form.
var loginPolicy = strings.Replace(pagePolicy, "form-action 'none'", "form-action 'self'", 1)

const (
	loginPath = loginpage.Path
	// maxLogin is how long the form may be that a browser sends, in bytes.
	maxLogin = 4 << 10
	// basicChallenge asks programs for the view password (RFC 7617).
	basicChallenge = `Basic realm="PiGrid camera", charset="UTF-8"`
)

// validKey is under which a request's context holds how long what it is let in for
// stays valid.
type validKey struct{}

// validOf returns a context that ends when who may watch changes.
func validOf(r *http.Request) context.Context {
	if valid, ok := r.Context().Value(validKey{}).(context.Context); ok {
		return valid
	}
	return context.Background()
}

// guardAccess lets in who may watch.
func (s *Server) guardAccess(next http.Handler) http.Handler {
	a := s.cfg.Access
	if a == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		valid := a.Valid() // before the question: what changes after it ends the stream
		if a.State() == api.Locked {
			if refusal := s.mayWatch(r); refusal != nil {
				s.failLogin(w, r, *refusal)
				return
			}
			if s.keepKey(w, r) {
				return
			}
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), validKey{}, valid)))
	})
}

// mayWatch says why a request is not answered, nil when it is. Each way to log in
// counts by itself: a program may send a password and have an old cookie.
func (s *Server) mayWatch(r *http.Request) *api.Refusal {
	a, sent := s.cfg.Access, false
	if cookie, err := r.Cookie(s.cookieName()); err == nil && a.Cookie(cookie.Value) {
		return nil
	}
	if token, ok := bearerOf(r); ok {
		if !isSecure(r.Context()) {
			return needsTLS()
		}
		if a.Bearer(token) {
			return nil
		}
		sent = true
	}
	if _, password, ok := r.BasicAuth(); ok {
		if a.View(password) {
			return nil
		}
		sent = true
	}
	if r.URL.Query().Has("key") {
		if a.View(r.URL.Query().Get("key")) {
			return nil
		}
		sent = true
	}
	if sent {
		return s.wrong(r)
	}
	if refusal := a.Unreadable(); refusal != nil {
		return refusal
	}
	return &api.Refusal{
		Status: http.StatusUnauthorized, Code: api.CodeLocked, Title: "A login is needed",
		Detail: "This camera is locked by its household.", Hint: "Log in with a view password. The PiGrid app shows it under Household.",
	}
}

// keepKey logs in a browser that was sent to the page with ?key=, so that what the page
// loads needs none, and takes the password out of its address. It reports whether it
// has answered.
func (s *Server) keepKey(w http.ResponseWriter, r *http.Request) bool {
	key := r.URL.Query().Get("key")
	if r.URL.Path != "/" || key == "" || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return false
	}
	if what, _ := actionOf(r.URL.RawQuery); what != "" {
		return false
	}
	value, ok := s.cfg.Access.NewCookie(key)
	if ok {
		s.setCookie(w, value)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
	return ok
}

// setCookie keeps a browser logged in.
func (s *Server) setCookie(w http.ResponseWriter, value string) {
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(), Value: value, Path: "/", MaxAge: int(household.CookieTime.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, // and not Secure: http could not replace it then
	})
}

// bearerOf returns the token of a request that has one (RFC 6750).
func bearerOf(r *http.Request) (token string, ok bool) {
	kind, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(kind, "Bearer")
}

// wrong counts a wrong login and answers it.
func (s *Server) wrong(r *http.Request) *api.Refusal {
	if refusal := s.cfg.Access.Unreadable(); refusal != nil {
		return refusal // whatever was sent
	}
	client := clientOf(r)
	if wait := s.cfg.Access.Wrong(client); wait > 0 {
		if s.guessing.now() {
			s.cfg.Log.Warn("a client sends many wrong logins", "client", client)
		}
		return &api.Refusal{
			Status: http.StatusTooManyRequests, Code: api.CodeTooManyTries, Title: "Too many wrong logins",
			Detail: "Too many wrong logins came from your address.",
			Hint:   "The right one works at any time. Try again in " + seconds(wait) + " s.",
		}
	}
	refusal := &api.Refusal{
		Status: http.StatusUnauthorized, Code: api.CodeWrongLogin, Title: "Wrong login",
		Detail: "That is not one of this camera's view passwords.", Hint: "The PiGrid app shows it under Household.",
	}
	if _, ok := bearerOf(r); ok {
		refusal.Detail, refusal.Hint = "This camera belongs to another household.", "Enter its household key in the PiGrid app."
	}
	return refusal
}

func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }

func needsTLS() *api.Refusal {
	return &api.Refusal{
		Status: http.StatusUpgradeRequired, Code: api.CodeNeedsTLS, Title: "Only over https",
		Detail: "This is answered over https only.", Hint: "Use https:// and the same port.",
	}
}

// failLogin answers who may not watch, in a way that makes no browser ask for a name
// and a password by itself: there is a page for that.
func (s *Server) failLogin(w http.ResponseWriter, r *http.Request, p api.Refusal) {
	accept := r.Header.Get("Accept")
	switch p.Status {
	case http.StatusUpgradeRequired:
		w.Header().Set("Upgrade", "TLS/1.2, HTTP/1.1")
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", seconds(2*time.Second))
	}
	switch {
	case p.Status == http.StatusUpgradeRequired:
	case strings.Contains(accept, "text/html"):
		s.showLogin(w, r, p)
		return
	case strings.HasPrefix(accept, "image/"):
		w.WriteHeader(p.Status)
		return
	case p.Status == http.StatusUnauthorized && !strings.HasPrefix(accept, "application/json"):
		w.Header().Set("WWW-Authenticate", basicChallenge)
	}
	fail(w, r, p)
}

type loginData struct {
	Name, Version string
	Refusal       string // why the last login failed
	Problem       *api.Problem
	Next          string // where to go then
}

// showLogin answers with the login page.
func (s *Server) showLogin(w http.ResponseWriter, r *http.Request, p api.Refusal) {
	data := loginData{Name: s.name(), Version: s.cfg.Version, Next: loginpage.Next(r)}
	if p.Code != api.CodeLocked {
		data.Refusal = p.Detail
	}
	var hello api.Hello
	s.cfg.Access.Hello(&hello)
	data.Problem = hello.Problem
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", loginPolicy)
	h.Set("Referrer-Policy", "same-origin") // with no-referrer, browsers send Origin: null with the form
	w.WriteHeader(p.Status)
	_ = loginPage.Execute(w, data)
}

// cookieName is the agent's own: browsers share cookies between all ports of a host.
func (s *Server) cookieName() string { return "pigrid-" + s.cfg.Identity.ID[:8] }

// failChanged answers a request that was let in before who may watch changed.
func (s *Server) failChanged(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Access.State() == api.Locked {
		if refusal := s.mayWatch(r); refusal != nil {
			s.failLogin(w, r, *refusal)
			return
		}
	}
	w.Header().Set("Retry-After", "1")
	fail(w, r, api.Refusal{Status: http.StatusServiceUnavailable, Title: "Try again", Detail: "Who may watch this camera has just changed.", Hint: "Ask again in a second."})
}

// login is the page on which a browser logs in. An open agent needs none.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Access == nil || s.cfg.Access.State() == api.Open {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	s.showLogin(w, r, api.Refusal{Status: http.StatusOK, Code: api.CodeLocked})
}

// logIn takes the form of the login page.
func (s *Server) logIn(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Access == nil || s.cfg.Access.State() == api.Open {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxLogin)
	if err := r.ParseForm(); err != nil {
		fail(w, r, api.Refusal{Status: http.StatusBadRequest, Code: api.CodeInvalid, Title: "Invalid request", Detail: "This is not the form of the login page."})
		return
	}
	value, ok := s.cfg.Access.NewCookie(r.PostFormValue("password"))
	if !ok {
		refusal := s.wrong(r)
		if refusal.Status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", seconds(2*time.Second))
		}
		s.showLogin(w, r, *refusal)
		return
	}
	s.setCookie(w, value)
	http.Redirect(w, r, loginpage.Next(r), http.StatusSeeOther)
}
