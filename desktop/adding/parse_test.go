package adding

import (
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"pigrid/desktop/feed"
	"pigrid/shared/endpoint"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]string{
		"192.168.1.20":                       "192.168.1.20:8080",
		" 192.168.1.20:9000 ":                "192.168.1.20:9000",
		"http://192.168.1.20:9000/":          "192.168.1.20:9000",
		"HTTP://Raspberry-4B.local":          "raspberry-4b.local:8080",
		"pi":                                 "pi:8080",
		"pi.local.":                          "pi.local:8080",
		"my_pi.lan:80":                       "my_pi.lan:80",
		"fe80::1%eth0":                       "[fe80::1%eth0]:8080",
		"[fe80::1%eth0]":                     "[fe80::1%eth0]:8080",
		"[fd00::2]:81":                       "[fd00::2]:81",
		"fd00::2":                            "[fd00::2]:8080",
		"::ffff:10.0.0.1":                    "10.0.0.1:8080",
		"3dprinter":                          "3dprinter:8080",
		"8.8.8.8":                            "8.8.8.8:8080", // an address, but the client will not dial it
		"":                                   "",
		" ":                                  "",
		"192.168.1":                          "",
		"192.168.1.300":                      "",
		"192.168.1.20:0":                     "",
		"192.168.1.20:65536":                 "",
		"192.168.1.20:":                      "",
		"192.168.1.20:+80":                   "",
		"https://192.168.1.20":               "",
		"rtsp://cam":                         "",
		"http://pi/video":                    "",
		"user:pass@pi":                       "",
		"user@pi":                            "",
		"pi local":                           "",
		"-pi":                                "",
		"a..b":                               "",
		"pi?x=1":                             "",
		"[::1":                               "",
		"[pi]:80":                            "",
		"fe80::1%et/h":                       "",
		"fe80::1%a%b":                        "",
		"fe80::1%" + strings.Repeat("a", 33): "",
		"küche":                              "",
		strings.Repeat("a", 64):              "",
		strings.Repeat("a.", 200) + "lan":    "",
	} {
		got, err := parseAddress(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", in, got, err, want)
		}
	}
}

// parseAddress reads what is no more than host or host:port.
func parseAddress(in string) (string, error) {
	p, err := parseTyped(in)
	if err != nil || p.whole() || p.login != nil {
		return "", errAddress
	}
	return p.address, nil
}

func TestParseTyped(t *testing.T) {
	login := func(user, password, query string) *endpoint.Credentials {
		return &endpoint.Credentials{User: user, Password: password, Query: query}
	}
	for in, want := range map[string]typed{
		"http://octopi.local/webcam/?action=stream": {"octopi.local:8080", false, "/webcam/", "action=stream", nil},
		"192.168.1.9/video":                         {"192.168.1.9:8080", false, "/video", "", nil},
		"cam:81?x=1":                                {"cam:81", true, "", "x=1", nil},
		"cam/a%20b#top":                             {"cam:8080", false, "/a%20b", "", nil},
		"HTTP://root:p%40ss@Cam:80/v":               {"cam:80", true, "/v", "", login("root", "p@ss", "")},
		"root:p@s:s@cam":                            {"cam:8080", false, "", "", login("root", "p@s:s", "")},
		"root:100%@cam/":                            {"cam:8080", false, "/", "", login("root", "100%", "")},
		"cam/v.cgi?user=a&pwd=b&rate=0":             {"cam:8080", false, "/v.cgi", "rate=0", login("", "", "user=a&pwd=b&rate=0")},
		"cam/?pw=b&_sid=c&x=1":                      {"cam:8080", false, "/", "x=1", login("", "", "pw=b&_sid=c&x=1")},
		"http://[fe80::9%25eth0]:81/v":              {"[fe80::9%eth0]:81", true, "/v", "", nil},
		"http://[FE80::9%25eth0]/v":                 {"[fe80::9%eth0]:8080", false, "/v", "", nil},
		"[fe80::9%25eth0]/v":                        {"[fe80::9%eth0]:8080", false, "/v", "", nil},
		"[fe80::9%25]/v":                            {"[fe80::9%25]:8080", false, "/v", "", nil},
		"http://[fe80::9%2525]/v":                   {"[fe80::9%25]:8080", false, "/v", "", nil},
		"http://a:b@[fe80::9%25eth0]/v":             {"[fe80::9%eth0]:8080", false, "/v", "", login("a", "b", "")},
		"cam/a@b":                                   {"cam:8080", false, "/a@b", "", nil},
		"[fd00::2]/a@b":                             {"[fd00::2]:8080", false, "/a@b", "", nil},
		"cam/v?mail=a@b":                            {"cam:8080", false, "/v", "mail=a@b", nil},
		"http://root:p%2Fs%23%3F%40@cam/v":          {"cam:8080", false, "/v", "", login("root", "p/s#?@", "")},
		"cam?PWD=b":                                 {"cam:8080", false, "", "", login("", "", "PWD=b")},
	} {
		got, err := parseTyped(in)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v with %#v, %v", in, got, got.login, err)
		}
	}
	for _, in := range []string{
		"https://cam/v", "rtsp://cam/v", "http:///v", "cam//evil", "cam/a b", "cam/\x00", "cam/\r\nX: y", "cam/\\x", "@", "a@b@", "cam/%zz",
		"http://cam/" + strings.Repeat("x", maxInput),
	} {
		if got, err := parseTyped(in); err == nil {
			t.Errorf("%.40q: %+v", in, got)
		}
	}
}

func FuzzParseTyped(f *testing.F) {
	for _, s := range []string{"http://a:b@cam:81/v?x=1&pwd=2#y", "cam/%2e%2e", "a@b/c", "[::1]/?token=x", "cam?&&=", "cam/?user", "cam/%0d%0aX:%20y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := parseTyped(in)
		if err != nil {
			return
		}
		shown := endpoint.HTTP(got.at("80")).URL(withQuery(got.path, got.query))
		u, err := url.Parse(shown)
		if err != nil || u.User != nil || u.Fragment != "" || u.Host != got.at("80") || withoutSecrets(u.RawQuery) != u.RawQuery {
			t.Errorf("%q becomes %q: %v, %+v", in, shown, err, u)
		}
		again, err := parseTyped(endpoint.HTTP(got.at("80")).URL("/"))
		if err != nil || again.address != got.at("80") {
			t.Errorf("%q: the app prints %q and reads %q, %v", in, got.at("80"), again.address, err)
		}
		if strings.ContainsAny(shown, " \r\n\\") {
			t.Errorf("%q becomes %q", in, shown)
		}
	})
}

// FuzzPassword checks that a password is read whole or not at all.
func FuzzPassword(f *testing.F) {
	for _, s := range []string{"secret", "a/b", "a#b", "a?b", "a@b", "12/x", "@", "a@b/c", "%2F", "]", "[::1]/", "//", "a://b", "a%25b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := parseTyped("http://root:" + in + "@cam.local/v")
		if err == nil && (got.address != "cam.local:8080" || got.path != "/v" || got.login == nil || got.login.Password != unescaped(in)) {
			t.Errorf("%q: %+v with %#v", in, got, got.login)
		}
		if got, err := parseTyped("root:" + in + "@cam.local"); err == nil && got.address != "cam.local:8080" {
			t.Errorf("without a scheme: %q: %+v", in, got)
		}
	})
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"192.168.1.20", "http://pi.local:80/", "[fe80::1%eth0]:8080", "::1", "a:b:c", "[]:1", "%:1", ":80", ".", "pi:0", "fe80::1%a%b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := parseAddress(in)
		if err != nil {
			return
		}
		host, port, err := net.SplitHostPort(got)
		if err != nil || host == "" {
			t.Fatalf("%q: %q cannot be dialled: %v", in, got, err)
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			t.Errorf("%q: port %q", in, port)
		}
		if again, err := parseAddress(got); err != nil || again != got {
			t.Errorf("%q: %q becomes %q, %v", in, got, again, err)
		}
		u := url.URL{Scheme: "http", Host: got, Path: "/x"}
		parsed, err := url.Parse(u.String())
		if err != nil || parsed.Host != got || parsed.User != nil || parsed.Path != "/x" {
			t.Errorf("%q: %q is no host of a URL: %v, %v", in, got, parsed, err)
		}
		if _, err := netip.ParseAddr(host); err != nil && strings.ContainsAny(host, ":%[] /@") {
			t.Errorf("%q: host %q", in, host)
		}
	})
}

// TestURLOfAnInterface: a zone survives being remembered.
func TestURLOfAnInterface(t *testing.T) {
	target := feed.Target{Endpoint: endpoint.HTTP("[fe80::1%eth0]:81"), Path: "/stream?a=%20b"}
	u, err := url.Parse(target.URL(target.Path))
	if err != nil || u.Host != target.Addr || u.RequestURI() != target.Path {
		t.Errorf("%s is %+v, %v", target.URL(target.Path), u, err)
	}
}
