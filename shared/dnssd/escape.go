package dnssd

import "strings"

// escape protects backslashes from the zone-file reading that zeroconf gives
// every TXT string before it goes on the wire.
func escape(s string) string { return strings.ReplaceAll(s, `\`, `\\`) }

// unescape undoes the zone-file form of RFC 1035, section 5.1, in which
// zeroconf hands strings over: \DDD is the byte of that decimal value, \x is x.
// A backslash at the very end stands for nothing, as in miekg/dns.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		rest := s[i+1:]
		if b, ok := decimal(rest); ok {
			out, i = append(out, b), i+3
		} else if rest != "" {
			out, i = append(out, rest[0]), i+1
		}
	}
	return string(out)
}

// decimal reads the three digits of \DDD; values above 255 are no byte.
func decimal(s string) (byte, bool) {
	if len(s) < 3 {
		return 0, false
	}
	n := 0
	for i := range 3 {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return byte(n), n <= 255
}
