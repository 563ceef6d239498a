package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"pigrid/shared/api"
)

func TestClients(t *testing.T) {
	s := New(Config{AllowFrom: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}})
	for addr, want := range map[string]bool{
		"127.0.0.1": true, "::1": true, "192.168.5.5": true, "10.1.2.3": true, "172.31.0.1": true, "169.254.7.7": true,
		"fe80::1%eth0": true, "fd00::5": true, "100.100.1.1": true, "::ffff:192.168.1.1": true, "203.0.113.9": true,
		"8.8.8.8": false, "172.32.0.1": false, "2a00::1": false, "100.128.0.1": false, "::ffff:8.8.8.8": false,
	} {
		if got := s.clientAllowed(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v, want %v", addr, got, want)
		}
	}
}

func TestStrangersAreToldWhy(t *testing.T) {
	h := New(Config{}).Handler(t.Context())
	tests := []struct {
		remote, host string
		status       int
		says         string
	}{
		{"8.8.8.8:1234", "192.168.1.2", http.StatusForbidden, "--allow-from 8.8.8.8"},
		{"192.168.1.5:1234", "evil.example.org", http.StatusMisdirectedRequest, "--allow-host"},
	}
	for _, tt := range tests {
		for _, accept := range []string{"text/html,application/xhtml+xml", "*/*"} {
			r := httptest.NewRequestWithContext(t.Context(), "GET", "/video", nil)
			r.RemoteAddr, r.Host = tt.remote, tt.host
			r.Header.Set("Accept", accept)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("%s %s: %d %s", tt.remote, accept, w.Code, w.Body)
			}
			if accept != "*/*" {
				if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
					t.Errorf("a browser gets %s", w.Header().Get("Content-Type"))
				}
				continue
			}
			var p api.Refusal
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != tt.status || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("a program gets %s %s", w.Header().Get("Content-Type"), w.Body)
			}
		}
	}
}

func TestCORS(t *testing.T) {
	const dash, evil = "http://dash.local:3000", "http://evil.example"
	for _, tt := range []struct {
		allowed, origin string
		may             bool
	}{
		{dash, dash, true},
		{dash, evil, false},
		{dash, "", false},
		{"*", evil, true},
		{"*", "", false},
	} {
		s := newSite(t, Config{AllowOrigins: []string{tt.allowed}})
		for _, path := range []string{"/api/v1/status", "/video"} {
			answer := request(t.Context(), t, "GET", s.url+path, "Origin", tt.origin)
			want := ""
			if tt.may {
				want = tt.origin
			}
			if got := answer.Header.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%+v %s: %q may read", tt, path, got)
			}
			if path != "/video" && tt.may && answer.Header.Get("Vary") != "Origin" {
				t.Errorf("%+v %s: a cache would give it to others", tt, path)
			}
		}
	}
}

// TestWhoMayShowThePage in a frame of its own: only who may read answers.
func TestWhoMayShowThePage(t *testing.T) {
	for _, tt := range []struct {
		allowed []string
		want    string
	}{
		{nil, "frame-ancestors 'self'"},
		{[]string{"http://dash.local:3000", "https://ha.example"}, "frame-ancestors 'self' http://dash.local:3000 https://ha.example"},
		{[]string{"*"}, "frame-ancestors 'self' *"},
	} {
		s := newSite(t, Config{AllowOrigins: tt.allowed})
		policy := func(path string) string {
			answer := request(t.Context(), t, "GET", s.url+path, "Accept", "text/html")
			return answer.Header.Get("Content-Security-Policy")
		}
		if got := policy("/"); !strings.HasSuffix(got, "; "+tt.want) || !strings.HasPrefix(got, "default-src 'none'; ") {
			t.Errorf("%v: the page says %s", tt.allowed, got)
		}
		if got := policy("/nothing"); !strings.HasSuffix(got, "; frame-ancestors 'self'") {
			t.Errorf("%v: an error says %s", tt.allowed, got)
		}
	}
}

func TestUnknownAddresses(t *testing.T) {
	s := newSite(t, Config{})
	for path, says := range map[string]string{
		"/nothing": "Open /", "/cameras/attic/video": "no camera with this id", "/cameras//snapshot.jpg": "no camera with this id", "/cameras//video": "no camera with this id",
		"/cameras/../../etc/passwd": "Open /",
		"/assets/page.html":         "nothing here", "/assets/..%2fserver.go": "nothing here",
	} {
		answer := request(t.Context(), t, "GET", s.url+path)
		body, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != http.StatusNotFound || !strings.Contains(string(body), says) {
			t.Errorf("%s: %s %s", path, answer.Status, body)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE"} {
		answer := request(t.Context(), t, method, s.url+"/api/v1/status")
		body, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != http.StatusMethodNotAllowed || answer.Header.Get("Allow") != "GET, HEAD" || !strings.Contains(string(body), "read-only") {
			t.Errorf("%s: %s %v %s", method, answer.Status, answer.Header, body)
		}
	}
}
