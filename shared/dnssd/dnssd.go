// Package dnssd holds what agent and app say to each other over mDNS: the
// service type, the names and the TXT record an agent announces, and the
// checks an answer passes before the app believes a word of it.
//
// It knows the text form that github.com/grandcat/zeroconf uses, in which
// record strings are escaped as in a zone file, but does not import it.
package dnssd

import "strings"

// Service is the DNS-SD service type of an agent (RFC 6763, section 7).
const Service = "_pigrid._tcp"

// Domain is the mDNS domain (RFC 6762).
const Domain = "local."

// maxLabel is the longest DNS label in bytes (RFC 1035, section 2.3.4).
const maxLabel = 63

// InstanceName names the agent's service instance: the host name reduced to
// ASCII letters, digits and dashes, a dash, and 8 hex digits of the agent's id,
// at most 63 bytes. The digits tell apart the many Pis called raspberrypi; four
// would collide among 200 agents.
func InstanceName(hostname, id string) string {
	tail := "-" + short(id)
	host := Label(hostname)
	if limit := maxLabel - len(tail); len(host) > limit {
		host = strings.TrimRight(host[:limit], "-")
	}
	return host + tail
}

// TargetHost is the host name, without domain, that the agent's SRV record
// points at. It is never the machine's own name: that one belongs to avahi, and
// two machines of one name would answer for each other.
func TargetHost(id string) string { return "pigrid-" + short(id) }

// Label reduces the first label of a host name to ASCII letters, digits and
// inner dashes; it answers "pigrid" when nothing is left.
func Label(hostname string) string {
	host, _, _ := strings.Cut(hostname, ".")
	host = strings.Map(func(r rune) rune {
		if isLetterOrDigit(r) {
			return r
		}
		return '-'
	}, host)
	if len(host) > maxLabel {
		host = host[:maxLabel]
	}
	if host = strings.Trim(host, "-"); host == "" {
		return "pigrid"
	}
	return host
}

// short is the first 8 hex digits of an id, filled up with zeros.
func short(id string) string {
	digits := make([]byte, 0, 8)
	for i := 0; i < len(id) && len(digits) < cap(digits); i++ {
		if c := id[i] | 0x20; id[i] >= '0' && id[i] <= '9' || c >= 'a' && c <= 'f' {
			digits = append(digits, c)
		}
	}
	return string(append(digits, "00000000"[len(digits):]...))
}

func isLetterOrDigit(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
