package agents

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/icholy/digest"
)

// Auth is how a camera wants to be told a name and a password, as it said when
// it refused a question without them. It serves the questions to one camera, one
// after the other.
type Auth struct {
	digest *digest.Challenge
	basic  bool
	count  int // answers by this challenge
}

// learn reads a refusal. It reports whether name and password can be told: by
// Digest (RFC 7616) where the camera asks for a kind of it that we know, because
// that does not show the password to the network, else by Basic (RFC 7617) when
// it asks for that, or refuses without a word how.
func (a *Auth) learn(resp *http.Response) bool {
	if resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusForbidden {
		return false
	}
	*a = Auth{}
	asked := false
	for _, line := range resp.Header.Values("WWW-Authenticate") {
		for _, c := range challenges(line) {
			asked = true
			switch {
			case c.scheme == "basic":
				a.basic = true
			case c.scheme == "digest" && a.digest == nil:
				if d := c.digest(); d.Nonce != "" && digest.CanDigest(d) {
					a.digest = d
				}
			}
		}
	}
	if !asked && resp.StatusCode == http.StatusUnauthorized {
		a.basic = true
	}
	return a.digest != nil || a.basic
}

// answer tells a name and a password, when it is known how.
func (a *Auth) answer(req *http.Request, l *Login) {
	switch {
	case a.digest != nil:
		a.count++
		said, err := digest.Digest(a.digest, digest.Options{
			Method: req.Method, URI: req.URL.RequestURI(), Username: l.User, Password: l.Password, Count: a.count,
		})
		if err == nil {
			req.Header.Set("Authorization", said.String())
		}
	case a.basic:
		req.SetBasicAuth(l.User, l.Password)
	}
}

// challenge is one of those in a WWW-Authenticate header.
type challenge struct {
	scheme string            // lower case
	params map[string]string // by names in lower case
}

// item is a scheme, or a parameter, of a WWW-Authenticate header (RFC 9110,
// section 11.6.1). Cameras leave out quotes and write commas too many.
var item = regexp.MustCompile(`([!#$%&'*+.^_|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",\s]*)))?`)

var escaped = regexp.MustCompile(`\\(.)`)

// challenges reads a WWW-Authenticate header, in which several may stand.
func challenges(header string) []challenge {
	var all []challenge
	for _, m := range item.FindAllStringSubmatch(header, -1) {
		if name := strings.ToLower(m[1]); !strings.Contains(m[0], "=") {
			all = append(all, challenge{name, map[string]string{}})
		} else if len(all) > 0 {
			all[len(all)-1].params[name] = escaped.ReplaceAllString(m[2], "$1") + m[3]
		}
	}
	return all
}

func (c challenge) digest() *digest.Challenge {
	d := &digest.Challenge{
		Realm: c.params["realm"], Nonce: c.params["nonce"], Opaque: c.params["opaque"], Algorithm: c.params["algorithm"],
		Charset: c.params["charset"], Userhash: strings.EqualFold(c.params["userhash"], "true"),
	}
	for way := range strings.SplitSeq(c.params["qop"], ",") {
		if way = strings.ToLower(strings.TrimSpace(way)); way != "" {
			d.QOP = append(d.QOP, way)
		}
	}
	return d
}
