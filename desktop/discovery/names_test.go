package discovery

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"pigrid/shared/dnssd"
)

// told packs an answer with addresses of a name.
func told(t *testing.T, name string, ttl uint32, addrs ...string) []byte {
	t.Helper()
	m := dns.Msg{MsgHdr: dns.MsgHdr{Response: true}}
	for _, s := range addrs {
		header := dns.RR_Header{Name: name, Class: dns.ClassINET | 1<<15, Ttl: ttl}
		if ip := net.ParseIP(s); ip.To4() != nil {
			header.Rrtype = dns.TypeA
			m.Answer = append(m.Answer, &dns.A{Hdr: header, A: ip})
		} else {
			header.Rrtype = dns.TypeAAAA
			m.Answer = append(m.Answer, &dns.AAAA{Hdr: header, AAAA: ip})
		}
	}
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAddressesOf(t *testing.T) {
	const pi, near = "pi.local.", "192.168.1.9"
	question, err := questionFor(pi)
	if err != nil {
		t.Fatal(err)
	}
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprintf("192.168.1.%d", i+1)
	}
	sixes := make([]string, maxNameAddrs)
	for i := range sixes {
		sixes[i] = fmt.Sprintf("fd00::%d", i+1)
	}
	for name, c := range map[string]struct {
		packet []byte
		from   string
		want   string
	}{
		"one":              {told(t, pi, 120, "192.168.1.2"), near, "192.168.1.2"},
		"IPv4 first":       {told(t, pi, 120, "fe80::2", "fd00::2", "192.168.1.2"), near, "192.168.1.2 fd00::2 fe80::2%eth0"},
		"twice":            {told(t, pi, 120, "192.168.1.2", "192.168.1.2"), near, "192.168.1.2"},
		"in capitals":      {told(t, "Pi.Local.", 120, "192.168.1.2"), near, "192.168.1.2"},
		"another name":     {told(t, "pie.local.", 120, "192.168.1.2"), near, ""},
		"goodbye":          {told(t, pi, 0, "192.168.1.2"), near, ""},
		"from afar":        {told(t, pi, 120, "192.168.1.2"), "10.9.9.9", ""},
		"nowhere to dial":  {told(t, pi, 120, "0.0.0.0", "224.0.0.1", "127.0.0.1", "::1", "ff02::1"), near, ""},
		"too many":         {told(t, pi, 120, many...), near, strings.Join(many[:maxNameAddrs], " ")},
		"six before four":  {told(t, pi, 120, append(sixes, "192.168.1.2")...), near, "192.168.1.2 " + strings.Join(sixes[:maxNameAddrs-1], " ")},
		"a question":       {question, near, ""},
		"garbage":          {[]byte("garbage of some length"), near, ""},
		"nothing":          {nil, near, ""},
		"pointing at self": {[]byte{0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 2}, near, ""},
	} {
		var got []string
		for _, a := range addressesOf(pi, c.packet, netip.MustParseAddr(c.from), eth0) {
			got = append(got, a.String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := addressesOf(pi, told(t, pi, 120, "127.0.0.1"), netip.MustParseAddr("127.0.0.1"), link("lo", "127.0.0.1/8")); len(got) != 1 {
		t.Errorf("on loopback: %v", got)
	}
}

// TestIPv4IsWaitedFor: some send both kinds of addresses in packets of their own.
func TestIPv4IsWaitedFor(t *testing.T) {
	four, six := netip.MustParseAddr("192.168.1.2"), netip.MustParseAddr("fd00::2")
	for name, c := range map[string]struct {
		then []netip.Addr // 100 ms after IPv6
		want []netip.Addr
		took time.Duration
	}{
		"IPv6 alone": {nil, []netip.Addr{six}, sixAlone},
		"IPv4 later": {[]netip.Addr{four}, []netip.Addr{four, six}, 100 * time.Millisecond},
		"same again": {[]netip.Addr{six}, []netip.Addr{six}, sixAlone},
	} {
		synctest.Test(t, func(t *testing.T) {
			heard := make(chan []netip.Addr, 1)
			begin := time.Now()
			go func() {
				heard <- []netip.Addr{six}
				time.Sleep(100 * time.Millisecond)
				if c.then != nil {
					heard <- c.then
				}
			}()
			got, err := gather(t.Context(), heard)
			if took := time.Since(begin); err != nil || !slices.Equal(got, c.want) || took != c.took {
				t.Errorf("%s: %v, %v after %v", name, got, err, took)
			}
			time.Sleep(time.Second)
		})
	}
}

// TestNamesOverRealSockets resolves on loopback, where somebody answers every
// second question only.
func TestNamesOverRealSockets(t *testing.T) {
	all, err := dnssd.Links()
	at := slices.IndexFunc(all, dnssd.Link.Loopback)
	if err != nil || at < 0 {
		t.Skipf("no loopback interface: %v", err)
	}
	conn, err := listenOn(all[at])
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("pigrid-test-%d.local", time.Now().UnixNano())
	answer := told(t, name+".", 120, "127.0.0.1")
	var asked atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 9000)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			var m dns.Msg
			if m.Unpack(buf[:n]) == nil && !m.Response && len(m.Question) > 0 && m.Question[0].Name == name+"." && asked.Add(1)%2 == 0 {
				_, _ = conn.WriteToUDPAddrPort(answer, group)
			}
		}
	}()
	defer func() { _ = conn.Close(); <-done }()

	n := NewNames()
	n.links = func() ([]dnssd.Link, error) { return all[at : at+1], nil }
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var asks [2]int32
	for i := range asks { // the second time it is known
		got, err := n.Resolve(ctx, strings.ToUpper(name)+".")
		if err != nil || len(got) != 1 || got[0].String() != "127.0.0.1" {
			t.Fatalf("resolved to %v, %v", got, err)
		}
		asks[i] = asked.Load()
	}
	if asks[0] < 2 || asks[1] > asks[0]+1 { // one may have been on its way
		t.Errorf("asked %d times, then %d", asks[0], asks[1])
	}
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got, err := n.Resolve(ctx, "nobody-"+name); err == nil {
		t.Errorf("nobody resolved to %v", got)
	}
	if got, err := n.Resolve(t.Context(), strings.Repeat("x", 64)+".local"); err == nil {
		t.Errorf("a name that is none resolved to %v", got)
	}
	n.links = func() ([]dnssd.Link, error) { return nil, nil }
	if got, err := n.Resolve(t.Context(), "a.local"); err == nil {
		t.Errorf("without a network resolved to %v", got)
	}
}

func TestKnownNamesAreBoundedAndForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := NewNames()
		for i := range 10 * maxNames {
			n.keep(fmt.Sprint(i), []netip.Addr{netip.MustParseAddr("192.168.1.2")})
		}
		last := fmt.Sprint(10*maxNames - 1)
		if len(n.known) > maxNames || n.fresh(last) == nil {
			t.Errorf("%d names are known", len(n.known))
		}
		time.Sleep(freshName)
		if n.fresh(last) != nil {
			t.Error("an old answer is used")
		}
	})
}
