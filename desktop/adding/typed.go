package adding

import (
	"net"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"pigrid/shared/endpoint"
)

// maxInput bounds what a person can type.
const maxInput = 1000

// typed is what a person typed to add a camera.
type typed struct {
	address string // host:port, with the port of agents when there was none
	ported  bool   // the port was typed
	path    string // absolute and escaped, "" or "/" for none
	query   string // without credentials
	login   *endpoint.Credentials
}

// whole reports whether it says exactly where a stream is.
func (t typed) whole() bool {
	return t.path != "" && t.path != "/" || t.query != "" || t.login.HasQuery()
}

// parseTyped reads host, host:port or a URL, with or without http://, path and
// user:password@.
func parseTyped(input string) (typed, error) {
	s := strings.TrimSpace(input)
	if len(s) > maxInput || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == ' ' }) {
		return typed{}, errAddress
	}
	url := false
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		if !strings.EqualFold(scheme, "http") {
			return typed{}, errAddress
		}
		s, url = rest, true
	}
	authority, rest := s, ""
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		authority, rest = s[:i], s[i:]
	}
	if rawLogin(authority, rest) {
		return typed{}, errLogin
	}
	var t typed
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, password, _ := strings.Cut(authority[:at], ":")
		t.login = &endpoint.Credentials{User: unescaped(user), Password: unescaped(password)}
		authority = authority[at+1:]
	}
	var err error
	if t.address, t.ported, err = parseHostPort(withZone(authority, url)); err != nil {
		return typed{}, err
	}
	return t, t.readPath(rest)
}

// rawLogin reports whether a name or a password may end in the rest of an address,
// because a character in it ends the host of a URL: "root:pa/ss@cam". A piece of it
// would be taken for a host and asked for. An "@" in the path behind a port or a
// password looks the same.
func rawLogin(authority, rest string) bool {
	at := strings.LastIndexByte(rest, '@')
	if _, port, ok := strings.Cut(authority, "]"); ok && strings.HasPrefix(authority, "[") {
		authority = port // the colons of an IPv6 address are its own
	}
	return at >= 0 && strings.ContainsAny(authority+rest[:at], ":@")
}

// withZone undoes the escape of an IPv6 zone, as URLs have it (RFC 6874):
// "[fe80::9%25eth0]". Without a scheme a number may be the zone itself.
func withZone(authority string, url bool) string {
	address, zone, ok := strings.Cut(authority, "%25")
	name, _, bracketed := strings.Cut(zone, "]")
	if !ok || !bracketed || name == "" || !url && strings.Trim(name, "0123456789") == "" {
		return authority
	}
	return address + "%" + zone
}

// readPath takes in what follows the host.
func (t *typed) readPath(rest string) error {
	if strings.HasPrefix(rest, "//") || strings.Contains(rest, "\\") {
		return errAddress
	}
	u, err := url.Parse(rest)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return errAddress
	}
	t.path, t.query = u.EscapedPath(), u.RawQuery
	if shown := withoutSecrets(u.RawQuery); shown != u.RawQuery {
		if strings.Contains(rest, "#") {
			return errLogin // "?pwd=a#b": what follows would be left out without a word
		}
		if t.login == nil {
			t.login = &endpoint.Credentials{}
		}
		t.login.Query, t.query = u.RawQuery, shown
	}
	return nil
}

// unescaped undoes percent-encoding; what is none stays as it is typed.
func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// credentialName matches names of parameters that are credentials. One too many is kept as a
// secret and does no harm.
var credentialName = regexp.MustCompile(`(?i)user|usr|sid|login|sign|pw|pass|psw|token|auth|secret|key`)

// withoutSecrets leaves out the parameters of a query that are credentials, as some
// cameras want them: ?user=admin&pwd=secret. The others stay as they are.
func withoutSecrets(query string) string {
	var kept []string
	for item := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(item, "=")
		if !credentialName.MatchString(unescaped(name)) {
			kept = append(kept, item)
		}
	}
	return strings.Join(kept, "&")
}

// at returns host:port with another port than that of agents where none was typed.
func (t typed) at(port string) string {
	if t.ported {
		return t.address
	}
	host, _, err := net.SplitHostPort(t.address)
	if err != nil {
		return t.address
	}
	return net.JoinHostPort(host, port)
}

// withQuery returns the path with a query.
func withQuery(path, query string) string {
	if path == "" {
		path = "/"
	}
	if query == "" {
		return path
	}
	return path + "?" + query
}
