package dnssd

import (
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func addrs(list ...string) []netip.Addr {
	var out []netip.Addr
	for _, s := range list {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}

func TestSighting(t *testing.T) {
	at := time.Unix(1700000000, 0)
	good := Answer{Instance: "pi-3f2a9c01", Port: 8080, Text: testInfo().TXT(), Addrs: addrs("192.168.1.20")}
	want := Sighting{Instance: "pi-3f2a9c01", Info: testInfo(), Port: 8080, Addrs: addrs("192.168.1.20"), At: at}
	if got, err := good.Sighting(Vantage{}, at); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for name, c := range map[string]struct {
		change func(*Answer)
		want   error
	}{
		"no instance":         {func(a *Answer) { a.Instance = "" }, ErrAnswer},
		"instance too long":   {func(a *Answer) { a.Instance = strings.Repeat("x", 64) }, ErrAnswer},
		"control in instance": {func(a *Answer) { a.Instance = `pi\010` }, ErrAnswer},
		"port 0":              {func(a *Answer) { a.Port = 0 }, ErrAnswer},
		"negative port":       {func(a *Answer) { a.Port = -1 }, ErrAnswer},
		"port too large":      {func(a *Answer) { a.Port = 65536 }, ErrAnswer},
		"no TXT":              {func(a *Answer) { a.Text = nil }, ErrTXT},
		"no address":          {func(a *Answer) { a.Addrs = nil }, ErrAnswer},
		"foreign address":     {func(a *Answer) { a.Addrs = addrs("8.8.8.8") }, ErrAnswer},
	} {
		a := good
		c.change(&a)
		if got, err := a.Sighting(Vantage{}, at); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v, want %v", name, got, err, c.want)
		}
	}
}

func TestSightingNamesTheNameless(t *testing.T) {
	i := testInfo()
	i.Name, i.Host = "", ""
	a := Answer{Instance: `Living\032room`, Port: 1, Text: i.TXT(), Addrs: addrs("10.0.0.1")}
	if s, err := a.Sighting(Vantage{}, time.Time{}); err != nil || s.Name != "Living room" {
		t.Errorf("name %q, %v", s.Name, err)
	}
}

func TestSightingAddresses(t *testing.T) {
	own := []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("192.168.1.0/24"), netip.MustParsePrefix("fd00:1::/64")}
	for name, c := range map[string]struct {
		v        Vantage
		in, want []netip.Addr
	}{
		"private":                 {Vantage{}, addrs("10.1.2.3", "172.16.0.1", "192.168.0.1"), addrs("10.1.2.3", "172.16.0.1", "192.168.0.1")},
		"link-local IPv4":         {Vantage{}, addrs("169.254.3.4"), addrs("169.254.3.4")},
		"CGNAT":                   {Vantage{}, addrs("100.64.0.1", "100.128.0.1"), addrs("100.64.0.1")},
		"public":                  {Vantage{}, addrs("8.8.8.8", "2001:4860::1"), nil},
		"public on our own link":  {Vantage{Own: own}, addrs("203.0.113.9", "203.0.114.9"), addrs("203.0.113.9")},
		"mapped IPv4":             {Vantage{}, addrs("::ffff:10.0.0.1", "::ffff:8.8.8.8"), addrs("10.0.0.1")},
		"duplicates":              {Vantage{}, addrs("10.0.0.1", "::ffff:10.0.0.1", "10.0.0.1"), addrs("10.0.0.1")},
		"nonsense":                {Vantage{Own: own}, append(addrs("0.0.0.0", "::", "224.0.0.251", "ff02::fb", "255.255.255.255"), netip.Addr{}), nil},
		"loopback from the net":   {Vantage{Zone: "eth0"}, addrs("127.0.0.1", "::1", "::ffff:127.0.0.1", "127.9.9.9"), nil},
		"loopback from loopback":  {Vantage{Zone: "lo", Loopback: true}, addrs("127.0.0.1"), addrs("127.0.0.1")},
		"fe80 without a zone":     {Vantage{}, addrs("fe80::1"), nil},
		"fe80 with our zone":      {Vantage{Zone: "eth0"}, addrs("fe80::1"), addrs("fe80::1%eth0")},
		"fe80 with a foreign one": {Vantage{Zone: "eth0"}, addrs("fe80::1%evil0"), addrs("fe80::1%eth0")},
		"ULA keeps no zone":       {Vantage{Zone: "eth0"}, addrs("fd00::1%eth0"), addrs("fd00::1")},
		"best first": {
			Vantage{Own: own, Zone: "eth0"},
			addrs("fe80::1", "fd00:2::1", "fd00:1::1", "10.0.0.1", "192.168.1.5"),
			addrs("192.168.1.5", "10.0.0.1", "fd00:1::1", "fd00:2::1", "fe80::1%eth0"),
		},
	} {
		if got := c.v.believe(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestSightingAddressesAreCapped(t *testing.T) {
	var many []netip.Addr
	for i := range 1000 {
		many = append(many, netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))
	}
	if got := (Vantage{}).believe(many); len(got) != maxAddrs || !slices.Equal(got, many[:maxAddrs]) {
		t.Errorf("kept %v", got)
	}
}
