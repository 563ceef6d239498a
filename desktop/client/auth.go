package client

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/icholy/digest"

	"pigrid/desktop/cameras"
	"pigrid/shared/endpoint"
)

// Auth is how a camera wants to be told a name and a password, as it said when
// it refused a question without them. It serves the questions to one camera, one
// after the other.
type Auth struct {
	known  cameras.Challenge // how it asked before; it is told nothing when it asks otherwise
	digest *digest.Challenge
	basic  bool
	realm  string
	count  int // answers by this challenge
}

// NewAuth makes the Auth of a camera that is known to ask like this; the zero
// Challenge takes whatever comes first.
func NewAuth(known cameras.Challenge) *Auth { return &Auth{known: known} }

// Challenge returns how the camera asked, when it was let in after that.
func (a *Auth) Challenge() cameras.Challenge {
	switch {
	case a.digest != nil:
		return cameras.Challenge{Scheme: "digest", Realm: a.realm}
	case a.basic:
		return cameras.Challenge{Scheme: "basic", Realm: a.realm}
	default:
		return cameras.Challenge{Scheme: "none"}
	}
}

// otherwise returns why the camera is told nothing although it asks, nil when it is
// told: it asks in another way than before.
func (a *Auth) otherwise() error {
	if now := a.Challenge(); a.known.Known() && now != a.known {
		return &cameras.Failure{
			Reason: cameras.ReasonOtherLogin, Status: http.StatusUnauthorized, RetryAfter: otherAgain,
			Detail: fmt.Sprintf("it asked %s before, and now %s", a.known, now),
		}
	}
	return nil
}

// maxRealm is how many runes of a realm are remembered; that fits into settings.
const maxRealm = 60

// otherAgain is how long who asks in another way than before is left alone.
const otherAgain = 30 * time.Second

// learn reads a refusal. It reports whether name and password can be told: by
// Digest (RFC 7616) where the camera asks for a kind of it that we know, because
// that does not show the password to the network, else by Basic (RFC 7617) when
// it asks for that, or refuses without a word how.
func (a *Auth) learn(resp *http.Response) bool {
	if resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusForbidden {
		return false
	}
	*a = Auth{known: a.known}
	asked := false
	for _, line := range resp.Header.Values("WWW-Authenticate") {
		for _, c := range challenges(line) {
			asked = true
			switch {
			case c.scheme == "basic":
				a.basic = true
				if a.digest == nil {
					a.realm = clean(c.params["realm"], maxRealm)
				}
			case c.scheme == "digest" && a.digest == nil:
				if d := c.digest(); d.Nonce != "" && digest.CanDigest(d) {
					a.digest, a.realm = d, clean(d.Realm, maxRealm)
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
func (a *Auth) answer(req *http.Request, l *endpoint.Credentials) {
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
