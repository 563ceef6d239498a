package lan

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
)

func TestLocal(t *testing.T) {
	own := []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8:7::/64")}
	for addr, want := range map[string]bool{
		"127.0.0.1": true, "127.8.8.8": true, "::1": true,
		"10.0.0.1": true, "172.16.0.1": true, "172.31.255.255": true, "192.168.0.1": true,
		"169.254.1.1": true, "fe80::1": true, "fe80::1%eth0": true,
		"fd12:3456::1": true, "fc00::1": true,
		"100.64.0.1": true, "100.127.255.255": true,
		"::ffff:192.168.1.1": true, "203.0.113.77": true, "::ffff:203.0.113.77": true, "2001:db8:7::5": true,
		"8.8.8.8": false, "172.15.0.1": false, "172.32.0.1": false, "100.63.255.255": false, "100.128.0.0": false,
		"192.167.1.1": false, "::ffff:8.8.8.8": false, "2001:db8:8::1": false, "fec0::1": false,
		"224.0.0.251": false, "ff02::fb": false, "0.0.0.0": false, "255.255.255.255": false,
	} {
		if got := Local(netip.MustParseAddr(addr), own); got != want {
			t.Errorf("%s: %v, want %v", addr, got, want)
		}
	}
}

func TestNetworks(t *testing.T) {
	mask := func(address string) net.Addr {
		ip, n, err := net.ParseCIDR(address)
		if err != nil {
			t.Fatal(err)
		}
		return &net.IPNet{IP: ip, Mask: n.Mask}
	}
	got := networks([]net.Addr{
		mask("192.168.1.20/24"), mask("10.8.0.2/32"), mask("0.0.0.0/0"), mask("fe80::1/64"), mask("fd00::1/128"), mask("::/0"),
		&net.UDPAddr{IP: net.IPv4(10, 0, 0, 1)}, // no network
	})
	if words, want := fmt.Sprint(got), "[192.168.1.0/24 fe80::/64]"; words != want {
		t.Errorf("got %s, want %s", words, want)
	}
}

func TestOwnPrefixesAreNetworks(t *testing.T) {
	own, err := OwnPrefixes()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range own {
		if p != p.Masked() || p.Bits() == 0 || p.IsSingleIP() {
			t.Errorf("%v is not a network this machine is on", p)
		}
	}
}
