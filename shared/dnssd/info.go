package dnssd

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a TXT record as the app accepts it.
const (
	maxString  = 255 // bytes of one string on the wire (RFC 6763, section 6.1)
	maxStrings = 64  // an agent sends 7
)

// Info is what an agent says about itself in its TXT record.
type Info struct {
	ID      string // UUID, lower case; stable across restarts and address changes
	Name    string // for people, UTF-8 without control characters; never empty in a Sighting
	Host    string // "<hostname>.local": to show, the address is in the records
	Path    string // absolute path of the first camera's MJPEG stream
	API     string // absolute path of the HTTP API, without trailing slash
	Version string // of the program
	Access  string // who may watch, "open" or "locked"; empty for an older agent, and for anything else. A hint only
}

// ErrTXT is wrapped by every error of [ParseTXT].
var ErrTXT = errors.New("not the TXT record of a PiGrid agent")

// TXT writes the record as zeroconf wants it: each string has at most 255 bytes
// on the wire, cut between characters, with backslashes escaped. Empty values
// are left out, control characters are removed.
func (i Info) TXT() []string {
	txt := []string{"txtvers=1"}
	for _, f := range []struct{ key, value string }{
		{"id", i.ID},
		{"name", i.Name},
		{"host", i.Host},
		{"path", i.Path},
		{"api", i.API},
		{"ver", i.Version},
		{"access", i.Access},
	} {
		if v := cut(clean(f.value), maxString-len(f.key)-1); v != "" {
			txt = append(txt, f.key+"="+escape(v))
		}
	}
	return txt
}

// ParseTXT reads a record as zeroconf hands it over, escapes and all. What
// decides where the app connects (id, path, api) must be right, or the error
// wraps [ErrTXT]; what is only shown (name, host, ver) is cleaned. Keys are
// case-insensitive, the first of a kind counts (RFC 6763, section 6.4), unknown
// ones are ignored. A missing name is the host's.
func ParseTXT(txt []string) (Info, error) {
	if len(txt) > maxStrings {
		return Info{}, fmt.Errorf("%w: %d strings", ErrTXT, len(txt))
	}
	values := make(map[string]string, len(txt))
	for _, s := range txt {
		if s = unescape(s); len(s) > maxString {
			return Info{}, fmt.Errorf("%w: a string of %d bytes", ErrTXT, len(s))
		}
		key, value, _ := strings.Cut(s, "=")
		key = strings.ToLower(key)
		if _, seen := values[key]; !seen {
			values[key] = value
		}
	}
	if v, ok := values["txtvers"]; ok && v != "1" {
		return Info{}, fmt.Errorf("%w: txtvers %q", ErrTXT, v)
	}
	i := Info{
		ID:      strings.ToLower(values["id"]),
		Name:    clean(values["name"]),
		Host:    clean(values["host"]),
		Path:    values["path"],
		API:     values["api"],
		Version: clean(values["ver"]),
		Access:  values["access"],
	}
	if i.Access != "open" && i.Access != "locked" {
		i.Access = ""
	}
	if i.Name == "" {
		i.Name = strings.TrimSuffix(i.Host, ".local")
	}
	return i, i.check()
}

func (i Info) check() error {
	switch {
	case !isUUID(i.ID):
		return fmt.Errorf("%w: id %q is no UUID", ErrTXT, i.ID)
	case !isPath(i.Path):
		return fmt.Errorf("%w: path %q", ErrTXT, i.Path)
	case !isPath(i.API):
		return fmt.Errorf("%w: api %q", ErrTXT, i.API)
	}
	return nil
}

// isUUID accepts the canonical form only: 8-4-4-4-12 lower-case hex digits.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

// isPath accepts an absolute path of printable ASCII that stays one when it is
// put behind http://host: no "//" in front, which would name another host, no
// query, no fragment, no broken or control-character escapes, no dot segments.
func isPath(s string) bool {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || strings.IndexByte("\"#<>?\\^`{|}", s[i]) >= 0 {
			return false
		}
	}
	plain, err := url.PathUnescape(s)
	if err != nil || strings.ContainsFunc(plain, unicode.IsControl) {
		return false
	}
	for seg := range strings.SplitSeq(plain, "/") {
		if seg == "." || seg == ".." {
			return false
		}
	}
	return true
}

// clean makes text fit to be shown: valid UTF-8 on one line, without control
// characters and without the marks that turn the reading direction around.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// cut shortens s to at most n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimSpace(s[:n])
}
