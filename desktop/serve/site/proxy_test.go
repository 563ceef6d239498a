package site

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// prefixes are these networks.
func prefixes(list ...string) (all []netip.Prefix) {
	for _, text := range list {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// request comes from a peer with these headers.
func request(method, target, peer string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(""))
	r.RemoteAddr, r.Host = peer+":5", "127.0.0.1:8088"
	if strings.Contains(peer, ":") {
		r.RemoteAddr = "[" + peer + "]:5"
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
		if headers[i] == "HTTP" {
			r.ProtoMajor, r.ProtoMinor = 1, 0
		}
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	return r
}

// TestWhoseWordCounts: only a trusted proxy speaks for others, and says who is logged in.
func TestWhoseWordCounts(t *testing.T) {
	const proxy, name = "192.168.1.2", "grid.example.org"
	for what, tt := range map[string]struct {
		noLogin bool // everybody may watch
		trust   string
		peer    string
		headers []string
		want    int
	}{
		"this machine":                        {noLogin: true, peer: "127.0.0.1", want: 200},
		"a proxy that nobody told of":         {noLogin: true, peer: "127.0.0.1", headers: []string{"X-Forwarded-For", "203.0.113.5"}, want: 403},
		"one that says nothing, as nginx":     {noLogin: true, peer: "127.0.0.1", headers: []string{"HTTP", "1.0"}, want: 403},
		"one that says Forwarded":             {noLogin: true, peer: "127.0.0.1", headers: []string{"Forwarded", "for=203.0.113.5"}, want: 403},
		"one that says Via":                   {noLogin: true, peer: "::1", headers: []string{"Via", "1.1 proxy"}, want: 403},
		"one that says X-Real-IP":             {noLogin: true, peer: "127.0.0.1", headers: []string{"X-Real-IP", "203.0.113.5"}, want: 403},
		"one elsewhere that nobody trusts":    {noLogin: true, peer: proxy, headers: []string{"X-Forwarded-For", "203.0.113.5"}, want: 200},
		"no login, and a guest from outside":  {noLogin: true, trust: proxy, peer: proxy, headers: []string{"X-Forwarded-For", "203.0.113.5"}, want: 403},
		"no login, and a guest from here":     {noLogin: true, trust: proxy, peer: proxy, headers: []string{"X-Forwarded-For", "192.168.1.9"}, want: 200},
		"no login, and nobody knows who":      {noLogin: true, trust: proxy, peer: proxy, headers: []string{"Forwarded", "for=203.0.113.5"}, want: 403},
		"no user":                             {trust: proxy, peer: proxy, headers: []string{"X-Forwarded-For", "203.0.113.5"}, want: 401},
		"a user, from outside":                {trust: proxy, peer: proxy, headers: []string{"X-Forwarded-For", "203.0.113.5", "Remote-User", "ann"}, want: 200},
		"a user, and no client":               {trust: proxy, peer: proxy, headers: []string{"Remote-User", "ann"}, want: 200},
		"an empty user":                       {trust: proxy, peer: proxy, headers: []string{"Remote-User", ""}, want: 401},
		"two users":                           {trust: proxy, peer: proxy, headers: []string{"Remote-User", "ann", "Remote-User", "bob"}, want: 401},
		"a long user":                         {trust: proxy, peer: proxy, headers: []string{"Remote-User", strings.Repeat("a", maxUser+1)}, want: 401},
		"a user that somebody else says":      {trust: proxy, peer: "192.168.1.3", headers: []string{"Remote-User", "ann"}, want: 401},
		"this machine is not trusted":         {trust: proxy, peer: "127.0.0.1", headers: []string{"Remote-User", "ann", "X-Forwarded-For", proxy}, want: 401},
		"a proxy needs a login itself":        {trust: proxy, peer: proxy, want: 401},
		"somebody else says a client":         {trust: proxy, peer: "203.0.113.6", headers: []string{"X-Forwarded-For", "192.168.1.9"}, want: 403},
		"a name that is allowed":              {trust: proxy, peer: proxy, headers: []string{"X-Forwarded-Host", name, "Remote-User", "ann"}, want: 200},
		"a name that is not":                  {trust: proxy, peer: proxy, headers: []string{"X-Forwarded-Host", "evil.example.com", "Remote-User", "ann"}, want: 421},
		"the proxy's own name must be one":    {trust: proxy, peer: proxy, headers: []string{"Host", "evil.example.com", "X-Forwarded-Host", name, "Remote-User", "ann"}, want: 421},
		"a name that somebody else says":      {noLogin: true, trust: proxy, peer: "192.168.1.3", headers: []string{"X-Forwarded-Host", "evil.example.com"}, want: 200},
		"what is no address":                  {trust: proxy, peer: proxy, headers: []string{"X-Forwarded-For", "unknown", "Remote-User", "ann"}, want: 200},
		"an address that the client invented": {noLogin: true, trust: proxy, peer: proxy, headers: []string{"X-Forwarded-For", "192.168.1.9, 203.0.113.5"}, want: 403},
	} {
		cfg := config(t)
		cfg.AllowHosts, cfg.UserHeader = []string{name}, "Remote-User"
		if !tt.noLogin {
			cfg.Gate = gate(t)
		}
		if tt.trust != "" {
			cfg.TrustProxy = prefixes(tt.trust + "/32")
		}
		w := httptest.NewRecorder()
		New(cfg).Handler(t.Context()).ServeHTTP(w, request(http.MethodGet, "/", tt.peer, tt.headers...))
		if w.Code != tt.want || w.Code >= 400 && !strings.Contains(w.Body.String(), `"detail"`) {
			t.Errorf("%s: %d %s, want %d", what, w.Code, w.Body, tt.want)
		}
	}
}

// TestForwardedFor: the client is the last one that is no proxy of ours.
func TestForwardedFor(t *testing.T) {
	s := New(Config{TrustProxy: prefixes("192.168.1.0/30", "2001:db8::1/128")})
	for list, want := range map[string]string{
		"203.0.113.5":                      "203.0.113.5",
		"10.0.0.1, 203.0.113.5":            "203.0.113.5",
		"203.0.113.5,192.168.1.2":          "203.0.113.5",
		"1.2.3.4|203.0.113.5, 192.168.1.2": "203.0.113.5",
		"203.0.113.5:4711":                 "203.0.113.5",
		"[2001:db8::7]:4711":               "2001:db8::7",
		"2001:db8::7, 2001:db8::1":         "2001:db8::7",
		"::ffff:203.0.113.5":               "203.0.113.5",
		"fe80::1%eth0":                     "fe80::1",
		"192.168.1.2":                      "192.168.1.2", // the proxy itself asks
		"x, 192.168.1.2":                   "192.168.1.2",
		"203.0.113.5, x":                   "",
		"":                                 "",
		"unknown":                          "",
	} {
		r := request(http.MethodGet, "/", "192.168.1.1")
		for line := range strings.SplitSeq(list, "|") {
			r.Header.Add("X-Forwarded-For", line)
		}
		got, known := s.forwardedFor(r)
		if known != (want != "") || known && got.String() != want {
			t.Errorf("%q: %v, %v", list, got, known)
		}
	}
}

// TestBehindTLS: the cookie is for https only where the proxy says so, and wrong logins
// count for the client, not for the proxy.
func TestBehindTLS(t *testing.T) {
	cfg := config(t)
	cfg.Gate, cfg.TrustProxy, cfg.AllowHosts = gate(t), prefixes("127.0.0.1/32"), []string{"grid.example.org"}
	h := New(cfg).Handler(t.Context())
	send := func(client, proto, password string) *httptest.ResponseRecorder {
		r := request(http.MethodPost, "/login", "127.0.0.1", "X-Forwarded-For", client, "X-Forwarded-Proto", proto, "X-Forwarded-Host", "grid.example.org",
			"Sec-Fetch-Site", "same-origin", "Content-Type", formKind)
		r.Body = http.NoBody
		r.PostForm, r.Form = map[string][]string{"password": {password}}, map[string][]string{}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	right := cfg.Gate.Passes()[0].Reveal()
	for proto, secure := range map[string]bool{"https": true, "http": false, "HTTPS": true, "http, https": true, "https, http": false, "gopher": false} {
		w := send("203.0.113.5", proto, right)
		if cookies := w.Result().Cookies(); w.Code != http.StatusSeeOther || len(cookies) != 1 || cookies[0].Secure != secure {
			t.Errorf("%s: %d %v", proto, w.Code, cookies)
		}
	}
	seen := map[int]int{}
	for range 7 {
		seen[send("203.0.113.5", "https", "wrong").Code]++
	}
	if seen[401] != 5 || seen[429] != 2 {
		t.Errorf("%v", seen)
	}
	if w := send("203.0.113.6", "https", "wrong"); w.Code != http.StatusUnauthorized {
		t.Errorf("another client of the same proxy: %d", w.Code)
	}
}

func FuzzForwarded(f *testing.F) {
	f.Add("203.0.113.5", "grid.example.org", "https")
	f.Add("[::1]:1, x,,", ",", ",")
	s := New(Config{TrustProxy: prefixes("127.0.0.1/32")})
	f.Fuzz(func(t *testing.T, list, host, proto string) {
		r := request(http.MethodGet, "/", "127.0.0.1", "X-Forwarded-For", list, "X-Forwarded-Host", host, "X-Forwarded-Proto", proto)
		s.believeProxy(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if !clientOf(r).IsValid() || schemeOf(r) != "http" && schemeOf(r) != "https" {
				t.Errorf("%q, %q: %s %s", list, proto, r.RemoteAddr, schemeOf(r))
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	})
}
