package site

import (
	"context"
	"embed"
	"html/template"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"pigrid/desktop/serve/login"
	"pigrid/desktop/serve/problem"
	"pigrid/shared/api"
	"pigrid/shared/household"
	"pigrid/shared/loginpage"
)

//go:embed assets
var assets embed.FS

var loginPage = template.Must(template.ParseFS(assets, "assets/login.html"))

const (
	loginPath = loginpage.Path
	// maxLogin is how long the form may be that a browser sends, in bytes.
	maxLogin = 4 << 10
	// passwordHint says where people find the view password.
	passwordHint = "The command pigrid-serve password shows it, on the computer where pigrid-serve runs."
	// challenge asks programs for the view password (RFC 7617).
	challenge = `Basic realm="PiGrid", charset="UTF-8"`
)

// isOpen reports whether a path needs no login: what logs in, what says that the program
// runs, and what browsers fetch without cookies to install the page.
func isOpen(path string) bool {
	return path == loginPath || path == "/healthz" || strings.HasPrefix(path, loginPath+"/") || path == manifestPath || strings.HasPrefix(path, iconStart)
}

// guardLogin lets in who may watch.
func (s *Site) guardLogin(next http.Handler) http.Handler {
	if s.cfg.Gate == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if said := proxied(r); !isOpen(r.URL.Path) && (said == nil || !said.user) {
			pass, refusal := s.mayWatch(r)
			if refusal != nil {
				s.failLogin(w, r, *refusal)
				return
			}
			if s.keepKey(w, r) {
				return
			}
			ctx, free := pass.Within(context.WithValue(r.Context(), passKey{}, pass))
			defer free()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

// passKey is where a request's context has the password that let it in.
type passKey struct{}

// passOf returns the password that let a request in, nil for none.
func passOf(r *http.Request) *login.Pass {
	pass, _ := r.Context().Value(passKey{}).(*login.Pass)
	return pass
}

// mayWatch returns with which password a request may be answered, or why it is not. Each
// way to log in counts by itself: a program may send a password and have an old cookie.
func (s *Site) mayWatch(r *http.Request) (*login.Pass, *api.Refusal) {
	g, sent := s.cfg.Gate, false
	if cookie, err := r.Cookie(g.CookieName()); err == nil {
		if pass := g.Cookie(cookie.Value); pass != nil {
			return pass, nil
		}
	}
	if _, password, ok := r.BasicAuth(); ok {
		if pass := g.View(password); pass != nil {
			return pass, nil
		}
		sent = true
	}
	if q := r.URL.Query(); q.Has("key") && takesKey(r.URL.Path) {
		if pass := g.View(q.Get("key")); pass != nil {
			return pass, nil
		}
		sent = true
	}
	if sent {
		return nil, s.wrong(r)
	}
	return nil, &api.Refusal{
		Status: http.StatusUnauthorized, Code: api.CodeLocked, Title: "A login is needed",
		Detail: "This grid needs its view password.", Hint: passwordHint,
	}
}

// takesKey reports whether ?key= is a password at this path. That of /frame is a camera.
func takesKey(path string) bool { return path == "/" || strings.HasPrefix(path, "/cameras") }

// wrong counts a wrong login and answers it.
func (s *Site) wrong(r *http.Request) *api.Refusal {
	if wait := s.cfg.Gate.Wrong(clientOf(r)); wait > 0 {
		return &api.Refusal{
			Status: http.StatusTooManyRequests, Code: api.CodeTooManyTries, Title: "Too many wrong logins",
			Detail: "Too many wrong logins came from your address.",
			Hint:   "The right one works at any time. Try again in " + strconv.Itoa(int(math.Ceil(wait.Seconds()))) + " s.",
		}
	}
	return &api.Refusal{
		Status: http.StatusUnauthorized, Code: api.CodeWrongLogin, Title: "Wrong login",
		Detail: "That is no view password.", Hint: passwordHint,
	}
}

// keepKey logs in a browser that was sent to the page with ?key=, and takes the password
// out of its address. It reports whether it has answered.
func (s *Site) keepKey(w http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	pass := s.cfg.Gate.View(q.Get("key"))
	if r.URL.Path != "/" || pass == nil || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return false
	}
	q.Del("key")
	to := "/"
	if rest := q.Encode(); rest != "" {
		to += "?" + rest
	}
	s.setCookie(w, r, pass)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return true
}

// setCookie keeps a browser logged in. Over http it is not Secure: http could not replace
// it then.
func (s *Site) setCookie(w http.ResponseWriter, r *http.Request, pass *login.Pass) {
	http.SetCookie(w, &http.Cookie{
		Name: s.cfg.Gate.CookieName(), Value: s.cfg.Gate.NewCookie(pass), Path: "/", MaxAge: int(household.CookieTime.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: isSecure(r),
	})
}

// failLogin answers who may not watch, in a way that makes no browser ask for a name and
// a password by itself: there is a page for that.
func (s *Site) failLogin(w http.ResponseWriter, r *http.Request, p api.Refusal) {
	accept := r.Header.Get("Accept")
	if p.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "2")
	}
	switch {
	case strings.Contains(accept, "text/html"):
		s.showLogin(w, r, p)
		return
	case strings.HasPrefix(accept, "image/"):
		w.WriteHeader(p.Status)
		return
	case p.Status == http.StatusUnauthorized && r.Method != http.MethodPost && !strings.HasPrefix(accept, "application/json"):
		w.Header().Set("WWW-Authenticate", challenge) // the page asks by POST, and goes to the login itself
	}
	problem.Fail(w, r, p)
}

// showLogin answers with the login page.
func (s *Site) showLogin(w http.ResponseWriter, r *http.Request, p api.Refusal) {
	data := struct{ Refusal, Hint, Next string }{Next: loginpage.Next(r)}
	if p.Code != api.CodeLocked {
		data.Refusal = p.Detail
	}
	if p.Status == http.StatusTooManyRequests {
		data.Hint = p.Hint
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(p.Status)
	_ = loginPage.Execute(w, data)
}

// login is the page on which a browser logs in, and takes its form.
func (s *Site) login(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Gate == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if r.Method != http.MethodPost {
		s.showLogin(w, r, api.Refusal{Status: http.StatusOK, Code: api.CodeLocked})
		return
	}
	if !readForm(w, r) {
		return
	}
	pass := s.cfg.Gate.View(r.PostFormValue("password"))
	if pass == nil {
		refusal := s.wrong(r)
		if refusal.Status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "2")
		}
		s.showLogin(w, r, *refusal)
		return
	}
	s.setCookie(w, r, pass)
	http.Redirect(w, r, loginpage.Next(r), http.StatusSeeOther)
}

// readForm reads a short form. It reports whether it could; else it has answered.
func readForm(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxLogin)
	if err := r.ParseForm(); err != nil {
		problem.Fail(w, r, api.Refusal{Status: http.StatusBadRequest, Code: api.CodeInvalid, Title: "Invalid request", Detail: "This is not the form of the login page."})
		return false
	}
	return true
}

// loginAsset serves what the login page is made of.
func loginAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("asset")
	data, err := assets.ReadFile("assets/" + name)
	kind := map[string]string{"page.css": "text/css; charset=utf-8", "login.js": "text/javascript; charset=utf-8"}[name]
	if err != nil || kind == "" {
		nothingHere(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.Header().Set("Cache-Control", "max-age="+strconv.Itoa(int(time.Hour.Seconds())))
	_, _ = w.Write(data)
}
