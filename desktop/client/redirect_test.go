package client

import (
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"pigrid/desktop/cameras"
	"pigrid/shared/endpoint"
)

// moving is a camera that sends on to other addresses, and what it was asked.
type moving struct {
	addr  string
	to    map[string]string // path -> Location, "" for a picture
	login bool              // it asks for a name and a password

	mu    sync.Mutex
	asked []string // path and query, and who asked
}

func startMoving(t *testing.T, to map[string]string) *moving {
	t.Helper()
	m := &moving{to: to}
	m.addr = agentServer(t, m.serve)
	return m
}

func (m *moving) serve(w http.ResponseWriter, r *http.Request) {
	user, _, _ := r.BasicAuth()
	m.mu.Lock()
	m.asked = append(m.asked, strings.TrimSpace(r.URL.RequestURI()+" "+user))
	login := m.login
	m.mu.Unlock()
	to, known := m.to[r.URL.Path]
	switch {
	case login && user == "":
		w.WriteHeader(http.StatusUnauthorized)
	case !known:
		w.WriteHeader(http.StatusNotFound)
	case to != "":
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusMovedPermanently)
	default:
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = io.WriteString(w, "a picture")
	}
}

func (m *moving) saw() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.asked)
}

func TestForeignCamerasSendOn(t *testing.T) {
	m := startMoving(t, nil)
	m.to = map[string]string{
		"/v": "/v/", "/v/": "",
		"/1": "2", "/2": "./3?x=1#top", "/3": "http://" + strings.Replace(m.addr, "127", "user:pw@127", 1) + "/v/",
		"/long": "/1", "/loop": "/loop",
		"/tls": "https://" + m.addr + "/v/", "/bad": "http://[::1/", "/none": "http:///v", "/gone": "/404",
		"/cloud": "http://8.8.8.8/v?pwd=hidden", "/dead": "http://127.0.0.1:1/v", "/here": "http://" + strings.ToUpper(m.addr) + "/v/",
	}
	for path, want := range map[string]struct {
		asked  []string
		reason cameras.Reason // "" when there is a picture
		words  string
	}{
		"/v":     {[]string{"/v", "/v/"}, "", ""},
		"/1":     {[]string{"/1", "/2", "/3?x=1", "/v/"}, "", ""},
		"/here":  {[]string{"/here", "/v/"}, "", ""},
		"/long":  {[]string{"/long", "/1", "/2", "/3?x=1"}, cameras.ReasonBadStream, "on and on"},
		"/loop":  {[]string{"/loop", "/loop", "/loop", "/loop"}, cameras.ReasonBadStream, "on and on"},
		"/tls":   {[]string{"/tls"}, cameras.ReasonBadStream, "https://" + m.addr + ", which PiGrid cannot open"},
		"/bad":   {[]string{"/bad"}, cameras.ReasonBadStream, "cannot be read"},
		"/none":  {[]string{"/none"}, cameras.ReasonBadStream, "cannot open"},
		"/gone":  {[]string{"/gone", "/404"}, cameras.ReasonCamera, "404"},
		"/cloud": {[]string{"/cloud"}, cameras.ReasonBadStream, "not on the local network"},
		"/dead":  {[]string{"/dead"}, cameras.ReasonBadStream, "http://127.0.0.1:1: "},
	} {
		t.Run(path, func(t *testing.T) {
			before := len(m.saw())
			s, err := NewClient().Open(t.Context(), Source{Endpoint: endpoint.HTTP(m.addr), Path: path, Foreign: true})
			if asked := m.saw()[before:]; !slices.Equal(asked, want.asked) {
				t.Errorf("asked %q", asked)
			}
			if want.reason != "" {
				if f := reasonIn(t, err); f.Reason != want.reason || !strings.Contains(f.Detail, want.words) || strings.Contains(f.Detail, "hidden") {
					t.Errorf("got %+v", f)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer s.Body.Close()
			if body, _ := io.ReadAll(s.Body); string(body) != "a picture" || s.ContentType != "image/jpeg" {
				t.Errorf("got %q %q", s.ContentType, body)
			}
		})
	}
}

// TestPasswordsStayWithTheirCamera: who it sends on to another host or port has
// none, and is told none on the way back either.
func TestPasswordsStayWithTheirCamera(t *testing.T) {
	other := startMoving(t, map[string]string{"/snap": ""})
	camera := startMoving(t, map[string]string{"/v": "/v/", "/v/": "", "/away": "http://" + other.addr + "/snap?pwd=hidden&size=2", "/back": ""})
	camera.login = true
	login := &endpoint.Credentials{User: "root", Password: "secret", Query: "pwd=hidden"}
	for _, path := range []string{"/v", "/away"} {
		s, err := NewClient().Open(t.Context(), Source{Endpoint: endpoint.HTTP(camera.addr).With(login), Path: path, Foreign: true, Auth: &Auth{}})
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		_ = s.Body.Close()
	}
	if asked := camera.saw(); !slices.Equal(asked, []string{
		"/v?pwd=hidden", "/v?pwd=hidden root", "/v/ root", "/away?pwd=hidden", "/away?pwd=hidden root",
	}) {
		t.Errorf("the camera was asked %q", asked)
	}
	if asked := other.saw(); !slices.Equal(asked, []string{"/snap?size=2"}) {
		t.Errorf("the other was asked %q", asked)
	}
	other.to["/snap"] = "http://" + camera.addr + "/back"
	_, err := NewClient().Open(t.Context(), Source{Endpoint: endpoint.HTTP(camera.addr).With(login), Path: "/away", Foreign: true, Auth: &Auth{}})
	if f := reasonIn(t, err); f.Reason != cameras.ReasonUnauthorized {
		t.Errorf("sent back: %+v", f)
	}
	if asked := camera.saw(); asked[len(asked)-1] != "/back" {
		t.Errorf("sent back: asked %q", asked)
	}
}

// TestElsewhereIsDialledByTheSamePolicy: a camera opens no way out of the network.
func TestElsewhereIsDialledByTheSamePolicy(t *testing.T) {
	other := startMoving(t, map[string]string{"/v": ""})
	camera := startMoving(t, map[string]string{"/v": "http://" + other.addr + "/v"})
	dials := 0
	c := newClient(func(netip.Addr) bool { dials++; return dials == 1 }, dialTimeout)
	_, err := c.Open(t.Context(), Source{Endpoint: endpoint.HTTP(camera.addr), Path: "/v", Foreign: true})
	if f := reasonIn(t, err); f.Reason != cameras.ReasonBadStream || len(other.saw()) != 0 {
		t.Errorf("got %+v, asked %q", f, other.saw())
	}
}

func TestOnward(t *testing.T) {
	for _, tt := range []struct{ addr, location, want string }{
		{"cam:80", "http://cam/v", "http://cam:80/v"},
		{"cam.local:80", "http://CAM.local./v", "http://cam.local:80/v"},
		{"[fe80::9%eth0]:81", "http://[fe80::9]:81/v", "http://[fe80::9%25eth0]:81/v"},
		{"[fe80::9%eth0]:81", "/v", "http://[fe80::9%25eth0]:81/v"},
		{"[fe80::9%eth0]:81", "http://[fe80::8]/v", "http://[fe80::8]:80/v"},
		{"10.0.0.1:80", "//10.0.0.2/v", "http://10.0.0.2:80/v"},
	} {
		resp := &http.Response{Header: http.Header{"Location": {tt.location}}, Request: &http.Request{URL: &url.URL{Scheme: "http", Host: tt.addr, Path: "/"}}}
		if got, err := onward(resp, Source{Endpoint: endpoint.HTTP(tt.addr)}); err != nil || got.String() != tt.want {
			t.Errorf("%s sends on to %s: %v, %v", tt.addr, tt.location, got, err)
		}
	}
}
