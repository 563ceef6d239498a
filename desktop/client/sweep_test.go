package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/shared/api"
	"pigrid/shared/dnssd"
	"pigrid/shared/endpoint"
)

func sweepLink(name string, flags net.Flags, prefixes ...string) dnssd.Link {
	l := dnssd.Link{Interface: net.Interface{Name: name, Flags: flags | net.FlagUp}}
	for _, p := range prefixes {
		l.Prefixes = append(l.Prefixes, netip.MustParsePrefix(p))
	}
	return l
}

func TestNetworks(t *testing.T) {
	const up = net.FlagRunning
	links := []dnssd.Link{
		sweepLink("lo", up|net.FlagLoopback, "127.0.0.1/8"),
		sweepLink("eth0", up|net.FlagMulticast, "fe80::1/64", "192.168.1.20/24"),
		sweepLink("wlan0", up, "192.168.1.21/24", "10.3.7.9/8"), // a guest Wi-Fi without multicast
		sweepLink("docker0", up, "172.17.0.1/16"),
		sweepLink("tun0", up|net.FlagPointToPoint, "10.8.0.2/29", "10.9.0.2/32", "10.9.1.2/31"),
		sweepLink("eth9", 0, "192.168.9.1/24"), // no cable
	}
	s := &Sweeper{Links: func() ([]dnssd.Link, error) { return links, nil }}
	got, err := s.Networks()
	var words []string
	for _, p := range got {
		words = append(words, p.String())
	}
	if want := "192.168.1.0/24 10.3.7.0/24 10.8.0.0/29"; err != nil || strings.Join(words, " ") != want {
		t.Errorf("networks %v, %v, want %s", words, err, want)
	}
	links = nil
	for i := range 100 {
		links = append(links, sweepLink("eth0", up, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i), 1}), 24).String()))
	}
	if got, _ := s.Networks(); len(got) != maxSweep {
		t.Errorf("%d networks", len(got))
	}
	s.Links = func() ([]dnssd.Link, error) { return nil, errors.New("netlink") }
	if _, err := s.Networks(); err == nil {
		t.Error("unreadable interfaces are no error")
	}
}

func TestHosts(t *testing.T) {
	for prefix, want := range map[string]string{
		"10.8.0.0/29": "6: 10.8.0.1 to 10.8.0.6", "192.168.1.0/24": "254: 192.168.1.1 to 192.168.1.254", "10.0.0.4/30": "2: 10.0.0.5 to 10.0.0.6",
		"255.255.255.252/30": "2: 255.255.255.253 to 255.255.255.254",
	} {
		got := Hosts([]netip.Prefix{netip.MustParsePrefix(prefix)})
		if words := fmt.Sprintf("%d: %v to %v", len(got), got[0], got[len(got)-1]); words != want {
			t.Errorf("%s: %s, want %s", prefix, words, want)
		}
	}
}

// sweepNet is a fake of a whole network.
type sweepNet struct {
	mu      sync.Mutex
	asked   []string
	now     int
	most    int
	answers map[string]error // by host:port; nil is an agent, none is silence
}

func (n *sweepNet) ask(ctx context.Context, at endpoint.Endpoint) (Found, error) {
	addr := at.Addr
	n.mu.Lock()
	n.asked = append(n.asked, addr)
	n.now++
	n.most = max(n.most, n.now)
	err, known := n.answers[addr]
	n.mu.Unlock()
	defer func() { n.mu.Lock(); n.now--; n.mu.Unlock() }()
	if !known {
		select {
		case <-time.After(sweepDial):
			return Found{}, &cameras.Failure{Reason: cameras.ReasonTimeout}
		case <-ctx.Done():
			return Found{}, failureOf(ctx.Err())
		}
	}
	return Found{At: endpoint.HTTP(addr), Status: api.Status{API: 1, ID: "id-" + addr}}, err
}

func TestSweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := &cameras.Failure{Reason: cameras.ReasonNotPigrid}
		locked := &cameras.Failure{Reason: cameras.ReasonUnauthorized, Status: 401}
		n := &sweepNet{answers: map[string]error{
			"10.0.0.7:8080": nil, "10.0.0.200:8080": nil,
			"10.0.0.8:8080": other, "10.0.0.8:8081": locked, "10.0.0.8:8082": nil, "10.0.0.8:8083": nil, // a printer's page, and an agent behind it
			"10.0.0.9:8080": &cameras.Failure{Reason: cameras.ReasonRefused}, "10.0.0.9:8081": nil,
			"10.0.0.10:8080": &cameras.Failure{Reason: cameras.ReasonEnded}, "10.0.0.10:8081": nil, // it hung up on us
		}}
		s := &Sweeper{Ask: n.ask}
		var found []string
		asked := 0
		begin := time.Now()
		s.Run(t.Context(), Hosts([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}),
			func(f Found) { found = append(found, f.At.Addr) }, func() { asked++ })
		slices.Sort(found)
		if want := []string{"10.0.0.10:8081", "10.0.0.200:8080", "10.0.0.7:8080", "10.0.0.8:8082"}; !slices.Equal(found, want) {
			t.Errorf("found %v, want %v", found, want)
		}
		if asked != 254 || len(n.asked) != 257 || n.most != sweepAtOnce {
			t.Errorf("%d hosts, %d questions, %d at once", asked, len(n.asked), n.most)
		}
		if took := time.Since(begin); took != 4*sweepDial {
			t.Errorf("took %v", took)
		}
	})
}

func TestSweepIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &sweepNet{}
		ctx, cancel := context.WithTimeout(t.Context(), sweepDial+sweepDial/2)
		defer cancel()
		asked := 0
		(&Sweeper{Ask: n.ask}).Run(ctx, Hosts([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}), func(Found) {}, func() { asked++ })
		if asked > 2*sweepAtOnce {
			t.Errorf("%d hosts asked", asked)
		}
	})
}

// TestSweepInRealTime asks this machine over real sockets.
func TestSweepInRealTime(t *testing.T) {
	s := NewSweeper()
	var found, asked int
	begin := time.Now()
	s.Run(t.Context(), []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("8.8.8.8")}, func(Found) { found++ }, func() { asked++ })
	t.Logf("%d found, took %v", found, time.Since(begin))
	if asked != 2 {
		t.Errorf("asked %d", asked)
	}
}
