// Package lan says which addresses belong to the local network. The agent lets
// only such clients in; the desktop app dials only such addresses on the word
// of a packet.
package lan

import (
	"net"
	"net/netip"
)

// cgnat is the shared address space of RFC 6598; Tailscale and some providers
// number their networks from it.
var cgnat = netip.MustParsePrefix("100.64.0.0/10")

// Local reports whether addr is a loopback, private (RFC 1918), link-local,
// unique local (RFC 4193) or CGNAT (RFC 6598) address or lies in one of own.
func Local(addr netip.Addr, own []netip.Prefix) bool {
	addr = addr.Unmap()
	if addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() || cgnat.Contains(addr) {
		return true
	}
	bare := addr.WithZone("")
	for _, p := range own {
		if p.Contains(bare) {
			return true
		}
	}
	return false
}

// Near reports whether addr is Local with the networks of extra or those that this
// machine is directly on. They are read each time: networks come and go.
func Near(addr netip.Addr, extra []netip.Prefix) bool {
	if Local(addr, extra) {
		return true
	}
	own, err := OwnPrefixes()
	return err == nil && Local(addr, own)
}

// OwnPrefixes lists the networks this machine is directly on: one prefix per
// address of an interface that is up. Point-to-point hosts (/32, /128) and the
// default routes some VPNs install as /0 are left out.
func OwnPrefixes() ([]netip.Prefix, error) {
	addrs, err := net.InterfaceAddrs()
	return networks(addrs), err
}

func networks(addrs []net.Addr) []netip.Prefix {
	var own []netip.Prefix
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		if err != nil || p.Bits() == 0 || p.IsSingleIP() {
			continue
		}
		own = append(own, p.Masked())
	}
	return own
}
