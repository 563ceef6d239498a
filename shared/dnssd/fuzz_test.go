package dnssd

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pigrid/shared/lan"
)

// FuzzUnescape checks that unescaping undoes the wire's form and never grows.
func FuzzUnescape(f *testing.F) {
	for _, s := range []string{"", `\`, `\195\188`, `\999`, `a\\b`, `\"`, `\06`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		plain := unescape(s)
		if len(plain) > len(s) {
			t.Errorf("unescape(%q) grew to %q", s, plain)
		}
		if got := unescape(wireForm(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
		if got := unescape(escape(s)); got != s {
			t.Errorf("escape(%q) came back as %q", s, got)
		}
	})
}

// FuzzParseTXT checks that whatever is accepted is safe to use and survives
// being announced again.
func FuzzParseTXT(f *testing.F) {
	f.Add(strings.Join(testInfo().TXT(), "\n"))
	f.Add("txtvers=1\nid=" + testID + "\npath=//evil\napi=/")
	f.Add("id=" + testID + "\npath=/%0a\napi=/api/v1\nname=\\000")
	f.Fuzz(func(t *testing.T, joined string) {
		i, err := ParseTXT(strings.Split(joined, "\n"))
		if err != nil {
			return
		}
		checkInfo(t, i)
		if again, err := ParseTXT(wireAll(t, i.TXT())); err != nil || again != i {
			t.Errorf("%+v came back as %+v, %v", i, again, err)
		}
	})
}

// FuzzSighting checks that no answer brings in an address, a port or a text
// that the app must not touch.
func FuzzSighting(f *testing.F) {
	good := strings.Join(testInfo().TXT(), "\n")
	f.Add("pi-3f2a9c01", 8080, good, []byte{192, 168, 1, 20}, "eth0", false)
	f.Add("pi", 1, good, []byte{127, 0, 0, 1}, "", true)
	f.Add("pi", 1, good, append([]byte{0xfe, 0x80}, make([]byte, 14)...), "wlan0", false)
	f.Fuzz(func(t *testing.T, instance string, port int, txt string, raw []byte, zone string, loopback bool) {
		a := Answer{Instance: instance, Port: port, Text: strings.Split(txt, "\n")}
		for chunk := range slices.Chunk(raw, 16) {
			if addr, ok := netip.AddrFromSlice(chunk); ok {
				a.Addrs = append(a.Addrs, addr)
			} else if len(chunk) > 4 {
				addr, _ := netip.AddrFromSlice(chunk[:4])
				a.Addrs = append(a.Addrs, addr)
			}
		}
		v := Vantage{Own: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}, Zone: zone, Loopback: loopback}
		s, err := a.Sighting(v, time.Unix(1, 0))
		if err != nil {
			return
		}
		checkInfo(t, s.Info)
		if s.Port == 0 || s.Instance == "" || len(s.Instance) > 63 || s.Name == "" {
			t.Errorf("accepted %+v", s)
		}
		if len(s.Addrs) == 0 || len(s.Addrs) > maxAddrs {
			t.Errorf("%d addresses", len(s.Addrs))
		}
		for n, addr := range s.Addrs {
			checkAddr(t, v, addr)
			if slices.Contains(s.Addrs[:n], addr) {
				t.Errorf("%v twice in %v", addr, s.Addrs)
			}
			if n > 0 && addr.Is4() && s.Addrs[n-1].Is6() {
				t.Errorf("IPv6 before IPv4: %v", s.Addrs)
			}
		}
	})
}

func checkInfo(t *testing.T, i Info) {
	t.Helper()
	if !isUUID(i.ID) {
		t.Errorf("accepted id %q", i.ID)
	}
	for _, p := range []string{i.Path, i.API} {
		if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsFunc(p, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Errorf("accepted path %q", p)
		}
	}
	for _, s := range []string{i.Name, i.Host, i.Version} {
		if !utf8.ValidString(s) || len(s) > 255 || strings.ContainsFunc(s, unicode.IsControl) {
			t.Errorf("accepted text %q", s)
		}
	}
}

func checkAddr(t *testing.T, v Vantage, addr netip.Addr) {
	t.Helper()
	switch {
	case addr.IsLoopback() && v.Loopback:
	case addr.IsLoopback(), addr.IsMulticast(), addr.IsUnspecified(), addr.Is4In6(), !lan.Local(addr, v.Own):
		t.Errorf("accepted %v", addr)
	case addr.Is6() && addr.IsLinkLocalUnicast() && addr.Zone() == "":
		t.Errorf("accepted %v without a zone", addr)
	}
}
