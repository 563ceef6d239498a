package adding

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// defaultPort is that of agents.
const defaultPort = 8080

var (
	errAddress = errors.New("not an address")
	// errLogin is of a name or a password that no one can tell from the rest.
	errLogin = errors.New("a name or a password that is not percent-encoded")
)

// parseHostPort reads host or host:port as a person types it and returns
// host:port, and whether the port was there.
func parseHostPort(s string) (address string, ported bool, err error) {
	host, port := s, strconv.Itoa(defaultPort)
	if h, p, err := net.SplitHostPort(s); err == nil {
		host, port, ported = h, p, true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", false, errAddress
	}
	host, ok := parseHost(host)
	if brackets := strings.HasPrefix(s, "["); !ok || brackets && !strings.Contains(host, ":") {
		return "", false, errAddress
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), ported, nil
}

// parseHost checks an IP literal or a host name.
func parseHost(host string) (string, bool) {
	bare := host
	if strings.HasPrefix(bare, "[") && strings.HasSuffix(bare, "]") {
		bare = bare[1 : len(bare)-1]
	}
	if addr, err := netip.ParseAddr(bare); err == nil {
		// Only link-local addresses need an interface; elsewhere one means nothing.
		return addr.Unmap().String(), addr.Zone() == "" || addr.IsLinkLocalUnicast() && validZone(addr.Zone())
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if len(name) > 253 {
		return "", false
	}
	allDigits := true
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return "", false
		}
		for _, c := range []byte(label) {
			letter := c >= 'a' && c <= 'z' || c == '-' || c == '_'
			if !letter && (c < '0' || c > '9') {
				return "", false
			}
			allDigits = allDigits && !letter
		}
	}
	return name, !allDigits // 192.168.1 is a mistyped address, not a name
}

// validZone reports whether an IPv6 zone looks like the name of an interface, and
// can stand in a URL as it is (unreserved characters, RFC 6874).
func validZone(zone string) bool {
	return len(zone) <= 32 && !strings.ContainsFunc(zone, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune("-._~", r)
	})
}
