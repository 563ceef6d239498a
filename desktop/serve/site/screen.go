package site

import (
	"html/template"
	"image"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"pigrid/desktop/serve/login"
	"pigrid/desktop/serve/problem"
	"pigrid/shared/api"
	"pigrid/shared/loginpage"
)

const (
	// screenPath is where a screen gets a code and asks whether it was confirmed,
	screenPath = loginPath + "/screen"
	// devicePath where somebody who is logged in confirms it.
	devicePath = "/device"
)

var (
	screenPage = template.Must(template.ParseFS(assets, "assets/screen.html"))
	devicePage = template.Must(template.ParseFS(assets, "assets/device.html"))
)

// screen lets a TV ask for its login (RFC 8628): POST shows a code, GET says what came of
// it. The TV knows itself by a cookie that the code does not tell.
func (s *Site) screen(w http.ResponseWriter, r *http.Request) {
	g := s.cfg.Gate
	if g == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	secret := ""
	if c, err := r.Cookie(s.screenCookie()); err == nil {
		secret = c.Value
	}
	if r.Method == http.MethodPost {
		if !readForm(w, r) {
			return
		}
		one, ok := s.screens.Open(clientOf(r), secret, loginpage.Local(r.PostFormValue("next")), time.Now())
		if !ok {
			showScreen(w, r, http.StatusServiceUnavailable, screenData{Refusal: "Too many screens wait for their login. Try again in " + words(login.ScreenTime) + "."})
			return
		}
		s.setScreenCookie(w, r, one.Secret, one.Left)
		http.Redirect(w, r, screenPath, http.StatusSeeOther)
		return
	}
	one, pass, state := s.screens.Ask(secret, time.Now())
	switch state {
	case login.ScreenMayWatch:
		s.setScreenCookie(w, r, "", -time.Second)
		s.setCookie(w, r, pass)
		http.Redirect(w, r, one.Next, http.StatusSeeOther)
	case login.ScreenWaits:
		at := schemeOf(r) + "://" + r.Host + devicePath
		showScreen(w, r, http.StatusOK, screenData{Code: one.Code.String(), Left: words(one.Left), Address: r.Host + devicePath, QR: drawQR(at + "?code=" + one.Code.String())})
	default:
		showScreen(w, r, http.StatusOK, screenData{Next: "/"})
	}
}

type screenData struct {
	Refusal, Next       string
	Code, Left, Address string
	QR                  template.HTML
}

func showScreen(w http.ResponseWriter, _ *http.Request, status int, data screenData) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = screenPage.Execute(w, data)
}

// screenCookie is what a screen knows its own wish by.
func (s *Site) screenCookie() string { return s.cfg.Gate.CookieName() + "-screen" }

func (s *Site) setScreenCookie(w http.ResponseWriter, r *http.Request, secret string, left time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: s.screenCookie(), Value: secret, Path: screenPath, MaxAge: int(left.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: isSecure(r),
	})
}

// device is where somebody who is logged in sees which screen shows a code, and lets it
// watch.
func (s *Site) device(w http.ResponseWriter, r *http.Request) {
	pass := passOf(r)
	switch {
	case s.cfg.Gate == nil:
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	case pass == nil:
		problem.Fail(w, r, api.Refusal{
			Status: http.StatusForbidden, Title: "Not with this login", Detail: "A proxy has logged you in, and a screen needs a view password.",
			Hint: passwordHint,
		})
		return
	case !readForm(w, r):
		return
	}
	typed := r.FormValue("code")
	if typed == "" {
		showDevice(w, http.StatusOK, deviceData{})
		return
	}
	now := time.Now()
	code, err := login.ParseCode(typed)
	one, waits := s.screens.Find(code, now)
	if err != nil || !waits {
		refusal := deviceData{Refusal: "No screen shows this code now. It ends after " + words(login.ScreenTime) + "."}
		status := http.StatusNotFound
		if wait := s.cfg.Gate.Wrong(clientOf(r)); wait > 0 {
			status, refusal.Refusal = http.StatusTooManyRequests, "Too many wrong codes came from your address. Try again in "+words(wait)+"."
		}
		showDevice(w, status, refusal)
		return
	}
	if r.Method != http.MethodPost {
		showDevice(w, http.StatusOK, deviceData{Code: one.Code.String(), From: one.From.String(), Age: words(now.Sub(one.Since))})
		return
	}
	if !s.screens.Confirm(code, pass, now) {
		showDevice(w, http.StatusNotFound, deviceData{Refusal: "Somebody else has confirmed this code."})
		return
	}
	s.cfg.Log.Info("a screen was logged in", "screen", one.From, "by", clientOf(r), "password", pass.Name)
	showDevice(w, http.StatusOK, deviceData{Done: true, Name: pass.Name})
}

type deviceData struct {
	Refusal, Code, From, Age, Name string
	Done                           bool
}

func showDevice(w http.ResponseWriter, status int, data deviceData) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = devicePage.Execute(w, data)
}

// words is a time for people: "12 s", "3 minutes".
func words(d time.Duration) string {
	if d = max(d, time.Second); d < 100*time.Second {
		return strconv.Itoa(int((d+time.Second-1)/time.Second)) + " s"
	}
	return strconv.Itoa(int((d+30*time.Second)/time.Minute)) + " minutes"
}

// drawQR is a QR code as SVG, with the white edge that readers want.
func drawQR(text string) template.HTML {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil { // longer than any address that is accepted
		return ""
	}
	const edge = 4
	size := code.Bounds().Dx()
	var b strings.Builder
	all := strconv.Itoa(size + 2*edge)
	b.WriteString(`<svg viewBox="0 0 ` + all + ` ` + all + `" role="img" aria-label="QR code" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h` + all + `v` + all + `H0z"/><path d="`)
	for at := (image.Point{}); at.Y < size; at.Y++ {
		for at.X = 0; at.X < size; at.X++ {
			if r, _, _, _ := code.At(at.X, at.Y).RGBA(); r == 0 {
				b.WriteString("M" + strconv.Itoa(at.X+edge) + " " + strconv.Itoa(at.Y+edge) + "h1v1h-1z")
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()) //nolint:gosec // it has numbers of our own only
}
