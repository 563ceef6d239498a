package discovery

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grandcat/zeroconf"
	"github.com/miekg/dns"

	"pigrid/shared/dnssd"
)

// TestRealBrowse finds an agent over real sockets, on loopback only, and checks
// with goleak that zeroconf leaves nothing behind.
func TestRealBrowse(t *testing.T) {
	all, err := dnssd.Links()
	lo := slices.IndexFunc(all, dnssd.Link.Loopback)
	if err != nil || lo < 0 {
		t.Skipf("no loopback interface: %v", err)
	}
	want := agent(int(time.Now().UnixNano()&0x7fffffff), "127.0.0.1")
	server, err := zeroconf.RegisterProxy(want.Instance, dnssd.Service, dnssd.Domain, want.Port, "pigrid-test",
		[]string{"127.0.0.1"}, want.Text, []net.Interface{all[lo].Interface})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Shutdown()

	seen := make(chan dnssd.Sighting, 100)
	d := New(Config{Logger: slog.New(slog.DiscardHandler), OnSighting: func(s dnssd.Sighting) {
		select {
		case seen <- s:
		default:
		}
	}})
	d.links = func() ([]dnssd.Link, error) { return all[lo : lo+1], nil }
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx) }()
	for {
		select {
		case s := <-seen:
			if s.Instance != want.Instance {
				continue // some other test's
			}
			if s.Port != 8080 || s.Addrs[0] != want.Addrs[0] || s.Path != "/video" {
				t.Errorf("seen %+v", s)
			}
			stop := time.Now()
			cancel()
			if <-done; time.Since(stop) > time.Second {
				t.Errorf("Run ended after %v", time.Since(stop))
			}
			return
		case <-ctx.Done():
			t.Fatal("not seen")
		}
	}
}

// TestThreeHundredRealRounds opens and ends rounds one after the other, two at a
// time, and counts what the system says is left.
func TestThreeHundredRealRounds(t *testing.T) {
	all, err := dnssd.Links()
	lo := slices.IndexFunc(all, dnssd.Link.Loopback)
	if err != nil || lo < 0 {
		t.Skipf("no loopback interface: %v", err)
	}
	on := []net.Interface{all[lo].Interface}
	files := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skipf("this system does not tell the open files: %v", err)
		}
		return len(list)
	}
	filesBefore, goroutinesBefore := files(), runtime.NumGoroutine()
	var wg sync.WaitGroup
	stop := func() {}
	for range 300 {
		ctx, cancel := context.WithCancel(t.Context())
		wait, err := zeroconfBrowse(ctx, on, func(dnssd.Answer) {})
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(wait)
		stop() // the one before
		stop = cancel
	}
	stop()
	wg.Wait()
	// zeroconf's readers notice the closed socket a moment later
	for range 100 {
		if files() <= filesBefore && runtime.NumGoroutine() <= goroutinesBefore {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Errorf("%d files and %d goroutines, %d and %d before", files(), runtime.NumGoroutine(), filesBefore, goroutinesBefore)
}

func TestAnswerHasBothKindsOfAddresses(t *testing.T) {
	a := answer(&zeroconf.ServiceEntry{AddrIPv4: []net.IP{net.IPv4(10, 0, 0, 5).To4(), nil}, AddrIPv6: []net.IP{net.ParseIP("fd00::5")}})
	if got := fmt.Sprint(a.Addrs); got != "[10.0.0.5 fd00::5]" {
		t.Errorf("got %s", got)
	}
}

func TestCost(t *testing.T) {
	small := &zeroconf.ServiceEntry{}
	large := &zeroconf.ServiceEntry{Text: []string{strings.Repeat("x", 60_000)}, AddrIPv4: make([]net.IP, 1000)}
	if a, b := cost(small), cost(large); a < 500 || b < 100_000 {
		t.Errorf("an empty entry costs %d, a large one %d", a, b)
	}
}

// TestARoundEndsWhenItHeardTooMuch floods the loopback interface with large
// instances until zeroconf holds as much as it may.
func TestARoundEndsWhenItHeardTooMuch(t *testing.T) {
	all, err := dnssd.Links()
	lo := slices.IndexFunc(all, dnssd.Link.Loopback)
	if err != nil || lo < 0 {
		t.Skipf("no loopback interface: %v", err)
	}
	heard := 0
	wait, err := zeroconfBrowse(t.Context(), []net.Interface{all[lo].Interface}, func(dnssd.Answer) { heard++ })
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() { defer close(over); wait() }()
	// a loopback source makes the packets leave there
	conn, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}, &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	limit := time.After(30 * time.Second)
	for n := 0; ; n++ {
		select {
		case <-over:
			t.Logf("over after %d packets", n)
			if heard == 0 || heard > budget/largeSize {
				t.Errorf("%d of %d bytes each were heard", heard, largeSize)
			}
			return
		case <-limit:
			t.Fatalf("%d packets, %d heard, and it still listens", n, heard)
		case <-time.After(time.Millisecond):
		}
		if _, err := conn.Write(large(t, n)); err != nil {
			t.Fatal(err)
		}
	}
}

const largeSize = 100 * 255

// large is an answer with an instance of that size.
func large(t *testing.T, n int) []byte {
	t.Helper()
	header := func(name string, kind uint16) dns.RR_Header {
		return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: 120}
	}
	name, host := fmt.Sprintf("large-%d.%s.local.", n, dnssd.Service), fmt.Sprintf("host-%d.local.", n)
	m := dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Answer: []dns.RR{
		&dns.SRV{Hdr: header(name, dns.TypeSRV), Port: 8080, Target: host},
		&dns.TXT{Hdr: header(name, dns.TypeTXT), Txt: slices.Repeat([]string{strings.Repeat("x", 254)}, 100)},
		&dns.A{Hdr: header(host, dns.TypeA), A: net.IPv4(127, 0, 0, 1)},
	}}
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
