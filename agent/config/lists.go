package config

import (
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

var (
	cameraPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	hostPattern   = regexp.MustCompile(`^[\pL\pN_-]+(\.[\pL\pN_-]+)*$`)
)

// items calls add for everything between commas.
func items(s string, add func(string) error) error {
	for one := range strings.SplitSeq(s, ",") {
		if err := add(strings.TrimSpace(one)); err != nil {
			return err
		}
	}
	return nil
}

func cameras(into *[]string) func(string) error {
	return func(s string) error {
		return items(s, func(id string) error {
			if !cameraPattern.MatchString(id) {
				return errors.New("it must be a camera's id or index like imx708 or 0")
			}
			*into = append(*into, id)
			return nil
		})
	}
}

func hosts(into *[]string) func(string) error {
	return func(s string) error {
		return items(s, func(host string) error {
			host, err := asSent(strings.TrimSuffix(strings.ToLower(host), "."))
			if err != nil || !hostPattern.MatchString(host) {
				return errors.New("it must be a host name without port like cam.example.org")
			}
			*into = append(*into, host)
			return nil
		})
	}
}

// asSent writes a host name as browsers send it: küche.example is
// xn--kche-0ra.example to them.
func asSent(host string) (string, error) {
	if !strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return host, nil // also with an underscore, which idna refuses
	}
	return idna.Lookup.ToASCII(host)
}

func origins(into *[]string) func(string) error {
	return func(s string) error {
		return items(s, func(text string) error {
			origin, ok := originOf(text)
			if !ok {
				return errors.New("it must be an origin like http://192.168.1.5:3000, or *")
			}
			*into = append(*into, origin)
			return nil
		})
	}
}

// originOf writes an origin as browsers do: lower case and ASCII, no default
// port, no slash at the end. Anything else would never match.
func originOf(text string) (string, bool) {
	if text == "*" {
		return text, true
	}
	text = strings.TrimSuffix(strings.ToLower(text), "/")
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme+"://"+u.Host != text {
		return "", false
	}
	host, err := asSent(u.Hostname())
	if err != nil || host == "" {
		return "", false
	}
	text = strings.Replace(text, u.Hostname(), host, 1)
	switch u.Scheme {
	case "http":
		return strings.TrimSuffix(text, ":80"), true
	case "https":
		return strings.TrimSuffix(text, ":443"), true
	}
	return "", false
}

func networks(into *[]netip.Prefix) func(string) error {
	return func(s string) error {
		return items(s, func(text string) error {
			p, ok := network(text)
			if !ok {
				return errors.New("it must be a network or an address like 203.0.113.0/24")
			}
			*into = append(*into, p)
			return nil
		})
	}
}

// network reads a network or a single address. IPv4 is always written as IPv4,
// because clients are compared as such.
func network(text string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(text); err == nil {
		addr = addr.WithZone("").Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, false
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), true
}
