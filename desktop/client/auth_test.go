package client

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/http/httpguts"

	"pigrid/desktop/cameras"
	"pigrid/shared/endpoint"
)

// TestLogin: a name and a password are told only to who asks for them.
func TestLogin(t *testing.T) {
	var got []string
	refuses, asks := 0, []string(nil)
	addr := agentServer(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, given := r.BasicAuth()
		got = append(got, fmt.Sprintf("%s %q %q %v", r.RequestURI, user, password, given))
		if !given && refuses != 0 {
			w.Header()["Www-Authenticate"] = asks
			w.WriteHeader(refuses)
		}
	})
	const nobody = `/v?fps=5 "" "" false`
	basic := []string{`Basic realm="x"`}
	for _, tt := range []struct {
		login   *endpoint.Credentials
		refuses int // HTTP status for who tells nothing
		asks    []string
		want    []string
	}{
		{nil, 401, basic, []string{nobody}},
		{&endpoint.Credentials{User: "root", Password: "a:b"}, 0, nil, []string{nobody}},
		{&endpoint.Credentials{User: "root", Password: "a:b"}, 401, basic, []string{nobody, `/v?fps=5 "root" "a:b" true`}},
		{&endpoint.Credentials{User: "root", Password: "a:b"}, 401, nil, []string{nobody, `/v?fps=5 "root" "a:b" true`}},
		{&endpoint.Credentials{User: "root", Password: "a:b"}, 403, basic, []string{nobody, `/v?fps=5 "root" "a:b" true`}},
		{&endpoint.Credentials{User: "root", Password: "a:b"}, 403, nil, []string{nobody}},
		{&endpoint.Credentials{User: "root", Password: "a:b"}, 500, basic, []string{nobody}},
		{&endpoint.Credentials{User: "root"}, 401, basic, []string{nobody, `/v?fps=5 "root" "" true`}},
		{&endpoint.Credentials{Password: "x"}, 401, basic, []string{nobody, `/v?fps=5 "" "x" true`}},
		{&endpoint.Credentials{Query: "user=a&pwd=x&fps=5"}, 401, basic, []string{`/v?user=a&pwd=x&fps=5 "" "" false`}},
		{&endpoint.Credentials{User: "root", Password: "y", Query: "pwd=x"}, 401, basic, []string{`/v?pwd=x "" "" false`, `/v?pwd=x "root" "y" true`}},
		{&endpoint.Credentials{User: "root", Password: "y"}, 401, []string{`Digest realm="x", nonce="y", algorithm=WHIRLPOOL`}, []string{nobody}},
		{&endpoint.Credentials{User: "root", Password: "y"}, 401, []string{`Bearer realm="x"`}, []string{nobody}},
	} {
		got, refuses, asks = nil, tt.refuses, tt.asks
		s, err := NewClient().Open(t.Context(), Source{Endpoint: endpoint.HTTP(addr).With(tt.login), Path: "/v?fps=5"})
		if err == nil {
			_ = s.Body.Close()
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("asked %q, want %q", got, tt.want)
		}
	}
}

// TestOnlyTheFirstQuestionIsRefused: a camera that gives single pictures is asked
// every second.
func TestOnlyTheFirstQuestionIsRefused(t *testing.T) {
	for _, asks := range []string{`Basic realm="x"`, `Digest realm="x", nonce="n", qop="auth"`} {
		var said []string
		addr := agentServer(t, func(w http.ResponseWriter, r *http.Request) {
			said = append(said, r.Header.Get("Authorization"))
			if said[len(said)-1] == "" {
				w.Header().Set("WWW-Authenticate", asks)
				w.WriteHeader(http.StatusUnauthorized)
			}
		})
		from := Source{Endpoint: endpoint.HTTP(addr).With(&endpoint.Credentials{User: "root", Password: "x"}), Path: "/snap.jpg", Auth: &Auth{}}
		for range 3 {
			s, err := NewClient().Open(t.Context(), from)
			if err != nil {
				t.Fatal(err)
			}
			_ = s.Body.Close()
		}
		if len(said) != 4 || said[0] != "" || strings.HasPrefix(asks, "Digest") && !strings.Contains(said[3], "nc=00000003") {
			t.Errorf("said %q", said)
		}
	}
}

func TestAuthLearns(t *testing.T) {
	const d, b, none = "Digest", "Basic", ""
	for _, tt := range []struct {
		asks []string
		want string
	}{
		{[]string{`Digest realm="a", nonce="b", qop="auth"`}, d},
		{[]string{`Basic realm="a"`, `Digest realm="a", nonce="b"`}, d},
		{[]string{`Basic realm="a", Digest realm="a", nonce="b", qop="auth"`}, d},
		{[]string{`Digest realm="a", nonce="b", qop="auth", Basic realm="a"`}, d},
		{[]string{`Digest realm="a", nonce="b",`}, d},
		{[]string{`digest Realm=a,Nonce=MTIz/+==,QOP=auth,Algorithm=md5`}, d},
		{[]string{`Digest realm="a \"Basic\" b", nonce="b", qop=""`}, d},
		{[]string{`Digest realm="a", nonce="b", qop="auth, auth-int"`}, d},
		{[]string{`Digest realm="a", nonce="b", qop=auth,auth-int`}, d},
		{[]string{`Digest realm="a", nonce="b", algorithm=SHA-256, qop="auth"`, `Digest realm="a", nonce="c", qop="auth"`}, d},
		{[]string{`Digest realm="a", nonce="b", algorithm=WHIRLPOOL`, `Digest realm="a", nonce="c", qop="auth"`}, d},
		{[]string{`Digest realm="a", nonce="b", algorithm=WHIRLPOOL`, `BASIC realm="a"`}, b},
		{[]string{`Digest realm="a"`}, none},
		{[]string{`Digest`}, none},
		{[]string{`Basic`}, b},
		{[]string{`Bearer error="Basic"`}, none},
		{[]string{``}, b}, // as no word at all
		{[]string{`=,"`}, b},
	} {
		var a Auth
		can := a.learn(&http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{"Www-Authenticate": tt.asks}})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://192.168.1.2/video", nil)
		if err != nil {
			t.Fatal(err)
		}
		a.answer(req, &endpoint.Credentials{User: "root", Password: "x"})
		said, _, _ := strings.Cut(req.Header.Get("Authorization"), " ")
		if said != tt.want || can != (tt.want != none) {
			t.Errorf("%q: %q, can %v", tt.asks, req.Header.Get("Authorization"), can)
		}
	}
}

func FuzzAuth(f *testing.F) {
	for _, challenge := range []string{
		"", "Digest", `Digest realm="a", nonce="b"`, `Digest realm="a", nonce="b", qop="auth-int,auth", algorithm=SHA-256, opaque="c", userhash=true`,
		`Digest realm="\"", nonce=, qop=auth, stale=true`, `Basic realm="a", Digest nonce="b"`, "Digest realm=\"\x00ü\", nonce=\"\r\n\"",
	} {
		f.Add(challenge)
	}
	f.Fuzz(func(t *testing.T, challenge string) {
		var a Auth
		can := a.learn(&http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{"Www-Authenticate": {challenge}}})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://192.168.1.2/video?fps=5", nil)
		if err != nil {
			t.Fatal(err)
		}
		a.answer(req, &endpoint.Credentials{User: "root", Password: "hid-den"})
		said := req.Header.Get("Authorization")
		told := strings.Contains(said, "hid-den") && !strings.Contains(challenge, "hid-den") // it may say so itself
		if can != (said != "") || told {
			t.Errorf("can %v, said %q", can, said)
		}
		if httpguts.ValidHeaderFieldValue(challenge) && !httpguts.ValidHeaderFieldValue(said) {
			t.Errorf("%q cannot be sent", said)
		}
	})
}

// A laptop on another network meets strangers at the addresses of its cameras.
func TestAPasswordInTheAddressIsToldOnlyAtHome(t *testing.T) {
	var asked []string
	addr := agentServer(t, func(_ http.ResponseWriter, r *http.Request) { asked = append(asked, r.RequestURI) })
	c := NewClient()
	c.own = func() ([]netip.Prefix, error) { return []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, nil }
	for _, tt := range []struct {
		home string
		told bool
	}{
		{"", true}, {"10.0.0.0/8", true}, {"192.168.1.0/24", false},
	} {
		asked = nil
		s, err := c.Open(t.Context(), Source{Endpoint: endpoint.HTTP(addr).With(&endpoint.Credentials{Query: "pwd=x"}), Path: "/v", Home: tt.home})
		if err == nil {
			_ = s.Body.Close()
		} else if f := FailureOf(err); f.Reason != cameras.ReasonOtherNetwork {
			t.Errorf("%q: %v", tt.home, err)
		}
		if told := len(asked) > 0; told != tt.told {
			t.Errorf("at home on %q: asked %q", tt.home, asked)
		}
	}
	s, err := c.Open(t.Context(), Source{Endpoint: endpoint.HTTP(addr).With(&endpoint.Credentials{User: "root"}), Path: "/v", Home: "192.168.1.0/24"})
	if err != nil {
		t.Fatalf("without a password in the address: %v", err)
	}
	_ = s.Body.Close()
}
