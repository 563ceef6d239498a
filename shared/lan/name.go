package lan

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// localSuffixes are domains that only local networks and VPNs use.
var localSuffixes = [...]string{
	".local", ".lan", ".home", ".fritz.box", ".home.arpa", ".internal", ".localdomain", ".ts.net",
}

// LocalName reports whether a Host header names a machine on a local network:
// nothing, an IP literal, a single label, a local domain or one of extra. A web page
// out there that points its own name at a machine here (DNS rebinding) sends another.
func LocalName(host string, extra []string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	bare := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if _, err := netip.ParseAddr(bare); err == nil {
		return true
	}
	if slices.ContainsFunc(extra, func(e string) bool { return strings.EqualFold(e, host) }) {
		return true
	}
	if !strings.Contains(host, ".") { // as none at all
		return true
	}
	return slices.ContainsFunc(localSuffixes[:], func(s string) bool { return strings.HasSuffix(host, s) })
}
