package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

func networks(into *[]netip.Prefix) parser {
	return func(s string) error {
		return items(s, func(text string) error {
			p, err := network(text)
			if err == nil {
				*into = append(*into, p)
			}
			return err
		})
	}
}

// network reads a network or a single address that clients can have. IPv4 is always
// written as IPv4, because clients are compared as such. The error completes
// "is invalid: ".
func network(text string) (netip.Prefix, error) {
	p, err := prefix(text)
	switch {
	case err != nil:
		return p, err
	case p.Addr().Is4In6() && p.Bits() < 96:
		v4 := netip.PrefixFrom(p.Addr().Unmap(), 24).Masked()
		return p, fmt.Errorf("write a network of IPv4 clients as IPv4, like %s", v4)
	case p.Addr().Is4In6():
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	switch addr := p.Addr(); {
	case addr.IsUnspecified() && p.IsSingleIP():
		return p, fmt.Errorf("no client has the address %s; to allow all write 0.0.0.0/0 and ::/0", addr)
	case addr.IsMulticast(), addr == broadcast:
		return p, fmt.Errorf("%s is a multicast or broadcast address, which no client has", addr)
	}
	return p.Masked(), nil
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// prefix reads ADDRESS or ADDRESS/BITS. What stands behind % in an address is
// where this machine is on the network, and no part of the network.
func prefix(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		bare := addr.WithZone("")
		_, bits, isNetwork := strings.Cut(addr.Zone(), "/")
		if !isNetwork {
			return netip.PrefixFrom(bare, bare.BitLen()), nil
		}
		if p, err := netip.ParsePrefix(bare.String() + "/" + bits); err == nil {
			return p, fmt.Errorf("a network cannot name an interface with %%; write %s", p.Masked())
		}
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, errors.New("it must be a network or an address like 203.0.113.0/24")
	}
	return p, nil
}
