package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// numberPattern is what browsers take a host name for an IPv4 address by: its end.
var numberPattern = regexp.MustCompile(`(^|\.)([0-9]+|0x[0-9a-f]*)\.?$`)

func origins(into *[]string) parser {
	return func(s string) error {
		return items(s, func(text string) error {
			origin, ok := originOf(text)
			switch {
			case ok:
				*into = append(*into, origin)
				return nil
			case strings.Contains(text, "*"):
				return errors.New("* means every origin and cannot be part of one; write each origin in full, like http://192.168.1.5:3000")
			}
			return errors.New("it must be an origin like http://192.168.1.5:3000, or *")
		})
	}
}

// originOf writes an origin as browsers do: lower case and ASCII, addresses in
// their short form, no default port, no slash at the end. Anything else would never
// match.
func originOf(text string) (string, bool) {
	if text == "*" {
		return text, true
	}
	text = strings.TrimSuffix(strings.ToLower(text), "/")
	u, err := url.Parse(text)
	if err != nil || u.Scheme+"://"+u.Host != text {
		return "", false
	}
	host, ok := originHost(u.Hostname())
	port, portOK := originPort(u.Scheme, u.Port())
	if !ok || !portOK {
		return "", false
	}
	return u.Scheme + "://" + host + port, true
}

// originHost writes a name or an address as browsers do.
func originHost(host string) (string, bool) {
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.Is4() {
			return addr.String(), true
		}
		return "[" + short(addr) + "]", addr.Zone() == ""
	}
	host, err := asSent(host)
	ok := err == nil && hostPattern.MatchString(strings.TrimSuffix(host, ".")) && !numberPattern.MatchString(host)
	return host, ok
}

// short writes an IPv6 address without IPv4 in it: ::ffff:102:304.
func short(addr netip.Addr) string {
	if !addr.Is4In6() {
		return addr.String()
	}
	b := addr.As16()
	group := func(i int) string { return strconv.FormatUint(uint64(b[i])<<8|uint64(b[i+1]), 16) }
	return "::ffff:" + group(12) + ":" + group(14)
}

// originPort returns what stands behind the host.
func originPort(scheme, port string) (string, bool) {
	usual, ok := map[string]uint64{"http": 80, "https": 443}[scheme]
	if port == "" {
		return "", ok
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if n == usual {
		return "", ok
	}
	return net.JoinHostPort("", strconv.FormatUint(n, 10)), ok && err == nil && n > 0
}
