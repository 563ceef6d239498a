package lan

import (
	"strings"
	"testing"
)

func TestHostNames(t *testing.T) {
	for host, want := range map[string]bool{
		"": true, "pi": true, "pi:8080": true, "pi.local": true, "PI.Local.": true, "pi.lan:80": true, "pi.home": true,
		"pi.fritz.box": true, "pi.home.arpa": true, "pi.internal": true, "pi.localdomain": true, "pi.tail1234.ts.net": true,
		"192.168.1.2": true, "192.168.1.2:8080": true, "[::1]:8080": true, "[fe80::1%25eth0]": true, "[::ffff:192.168.1.2]": true, "::1": true, "localhost": true,
		"cam.example.org": true, "CAM.example.org:443": true,
		"example.org": false, "evil.example.org:8080": false, "local.evil.com": false, "192.168.1.2.evil.com": false, "pi.local.evil.com": false,
		"evil.com#.local": true, // one label of .local, whatever the characters
		"xn--local":       true, "a.b": false, ".": true,
	} {
		if got := LocalName(host, []string{"Cam.example.org"}); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}

func FuzzLocalName(f *testing.F) {
	for _, s := range []string{"pi.local", "[::1]:80", "a.b:c", "evil.example.org", "192.168.1.2.evil.com", "..local"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if LocalName(host, nil) && strings.HasSuffix(strings.ToLower(host), ".example.org") {
			t.Fatalf("%q was accepted", host)
		}
	})
}
