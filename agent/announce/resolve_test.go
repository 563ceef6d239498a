package announce

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"

	"pigrid/shared/dnssd"
)

// asked packs a question, and turns an answer into words.
func asked(t *testing.T, name string, class uint16, types ...uint16) []byte {
	t.Helper()
	m := dns.Msg{MsgHdr: dns.MsgHdr{Id: 7}}
	for _, kind := range types {
		m.Question = append(m.Question, dns.Question{Name: name, Qtype: kind, Qclass: class})
	}
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func words(t *testing.T, answer []byte) string {
	t.Helper()
	if answer == nil {
		return ""
	}
	var m dns.Msg
	if err := m.Unpack(answer); err != nil || !m.Response {
		t.Fatalf("%v: %v", err, &m)
	}
	var list []string
	for _, rr := range m.Answer {
		if h := rr.Header(); h.Name != "pigrid-3f2a9c01.local." {
			t.Errorf("answers for %s", h.Name)
		}
		switch rr := rr.(type) {
		case *dns.A:
			list = append(list, rr.A.String())
		case *dns.AAAA:
			list = append(list, rr.AAAA.String())
		}
	}
	return strings.Join(list, " ")
}

func newAddresses() *addresses {
	l := link("eth0", "192.168.1.20/24")
	l.Prefixes = append(l.Prefixes, netip.MustParsePrefix("fe80::1/64"))
	return &addresses{name: "pigrid-3f2a9c01.local.", link: l, told: told(l, netip.Addr{})}
}

func TestAddressesAreAnswered(t *testing.T) {
	const in, quiet = uint16(dns.ClassINET), uint16(dns.ClassINET) | cacheFlush
	mine, mdns, legacy := "pigrid-3f2a9c01.local.", "192.168.1.5:5353", "192.168.1.5:40000"
	for name, c := range map[string]struct {
		packet []byte
		from   string
		want   string
		alone  bool
	}{
		"IPv4":            {asked(t, mine, in, dns.TypeA), mdns, "192.168.1.20", false},
		"IPv6":            {asked(t, mine, in, dns.TypeAAAA), mdns, "fe80::1", false},
		"both":            {asked(t, mine, in, dns.TypeA, dns.TypeAAAA), mdns, "192.168.1.20 fe80::1", false},
		"anything":        {asked(t, mine, in, dns.TypeANY), mdns, "192.168.1.20 fe80::1", false},
		"in capitals":     {asked(t, "PiGrid-3F2A9C01.local.", in, dns.TypeA), mdns, "192.168.1.20", false},
		"alone":           {asked(t, mine, quiet, dns.TypeA), mdns, "192.168.1.20", true},
		"partly alone":    {mixed(t, mine), mdns, "192.168.1.20 fe80::1", false},
		"no resolver":     {asked(t, mine, in, dns.TypeA), legacy, "192.168.1.20", true},
		"another name":    {asked(t, "raspberrypi.local.", in, dns.TypeA), mdns, "", false},
		"another type":    {asked(t, mine, in, dns.TypeTXT), mdns, "", false},
		"from afar":       {asked(t, mine, in, dns.TypeA), "10.9.9.9:5353", "", false},
		"garbage":         {[]byte("garbage of some length"), mdns, "", false},
		"pointing itself": {[]byte{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1}, mdns, "", false},
	} {
		got, alone := newAddresses().answer(c.packet, netip.MustParseAddrPort(c.from), time.Now())
		if words(t, got) != c.want || got != nil && alone != c.alone {
			t.Errorf("%s: %q, alone %v, want %q", name, words(t, got), alone, c.want)
		}
		if name == "no resolver" {
			var m dns.Msg
			if _ = m.Unpack(got); m.Id != 7 || len(m.Question) != 1 || m.Answer[0].Header().Ttl != legacyTTL || m.Answer[0].Header().Class != dns.ClassINET {
				t.Errorf("to a program that is no resolver: %v", &m)
			}
		}
	}
}

func TestOnlyTheAddressListenedOnIsAnswered(t *testing.T) {
	a := newAddresses()
	a.told = told(a.link, netip.MustParseAddr("fe80::1%eth0"))
	got, _ := a.answer(asked(t, a.name, dns.ClassINET, dns.TypeANY), netip.MustParseAddrPort("192.168.1.5:5353"), time.Now())
	if words(t, got) != "fe80::1" {
		t.Errorf("answered %q", words(t, got))
	}
}

func mixed(t *testing.T, name string) []byte {
	t.Helper()
	m := dns.Msg{Question: []dns.Question{
		{Name: name, Qtype: dns.TypeAAAA, Qclass: dns.ClassINET}, {Name: name, Qtype: dns.TypeA, Qclass: dns.ClassINET | cacheFlush},
	}}
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAnswersAreNoQuestions(t *testing.T) {
	a, now := newAddresses(), time.Now()
	from := netip.MustParseAddrPort("192.168.1.5:5353")
	answer, _ := a.answer(asked(t, a.name, dns.ClassINET, dns.TypeA), from, now)
	var m dns.Msg
	if err := m.Unpack(answer); err != nil || len(m.Question) != 0 || m.Answer[0].Header().Ttl != addressTTL {
		t.Errorf("answer %v", &m)
	}
	m.Question = []dns.Question{{Name: a.name, Qtype: dns.TypeA, Qclass: dns.ClassINET}}
	echo, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := newAddresses().answer(echo, from, now); got != nil {
		t.Error("an answer was answered")
	}
}

func TestALinkIsToldOnceASecond(t *testing.T) {
	a, now := newAddresses(), time.Now()
	ask := func(after time.Duration, kind uint16, port string) string {
		got, _ := a.answer(asked(t, a.name, dns.ClassINET, kind), netip.MustParseAddrPort("192.168.1.5:"+port), now.Add(after))
		return words(t, got)
	}
	for i, got := range []string{
		ask(0, dns.TypeA, "5353"), ask(500*time.Millisecond, dns.TypeA, "5353"), ask(600*time.Millisecond, dns.TypeAAAA, "5353"),
		ask(700*time.Millisecond, dns.TypeA, "999"), ask(time.Second, dns.TypeA, "5353"),
		ask(3*time.Second, dns.TypeA, "999"), ask(3100*time.Millisecond, dns.TypeA, "5353"), // what one is told the link does not hear
	} {
		if want := []string{"192.168.1.20", "", "fe80::1", "192.168.1.20", "192.168.1.20", "192.168.1.20", "192.168.1.20"}[i]; got != want {
			t.Errorf("question %d: %q, want %q", i, got, want)
		}
	}
}

func TestNothingToResolveOn(t *testing.T) {
	six := dnssd.Link{Interface: net.Interface{Name: "eth0"}, Prefixes: []netip.Prefix{netip.MustParsePrefix("fe80::1/64")}}
	for _, links := range [][]dnssd.Link{nil, {lo}, {six}} {
		if r, err := resolve(scene{links: links}, "x"); err == nil {
			r.Shutdown()
			t.Errorf("resolves on %v", links)
		}
	}
}

// TestAnswersReachThisMachine: package net switches that off.
func TestAnswersReachThisMachine(t *testing.T) {
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Skipf("this machine has no interface called lo: %v", err)
	}
	conn, err := net.ListenMulticastUDP("udp4", lo, &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := reachAll(conn); err != nil {
		t.Fatal(err)
	}
	p := ipv4.NewPacketConn(conn)
	loop, err := p.MulticastLoopback()
	ttl, err2 := p.MulticastTTL()
	if !loop || ttl != 255 || err != nil || err2 != nil {
		t.Errorf("loopback %v, TTL %d; %v, %v", loop, ttl, err, err2)
	}
}
