package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"pigrid/desktop/cameras"
	"pigrid/shared/endpoint"
)

// maxRedirects is how often a camera may send us on for one answer.
const maxRedirects = 3

// follow goes where a camera without an agent sends us on. On the same host and
// port that is part of the answer; elsewhere nobody is told a name or a password,
// and only local addresses are dialled, as always.
func (c *Client) follow(resp *http.Response, from Source) (*http.Response, error) {
	elsewhere := ""
	for hop := 1; isRedirect(resp); hop++ {
		_ = resp.Body.Close()
		next, err := onward(resp, from)
		switch {
		case err != nil:
			return nil, sentOn(resp, err.Error())
		case hop > maxRedirects:
			return nil, sentOn(resp, "the camera sends PiGrid on and on")
		case elsewhere != "" || next.Host != from.Addr:
			elsewhere = next.Scheme + "://" + next.Host
			next.RawQuery = withoutItems(next.RawQuery, from.Credentials)
			from.Credentials, from.Auth = nil, nil
		}
		before := resp
		req := resp.Request.Clone(resp.Request.Context())
		req.URL, req.Host = next, ""
		req.Header.Del("Authorization")
		resp, err = c.ask(req, from)
		switch {
		case err == nil:
		case elsewhere == "" || errors.Is(err, context.Canceled):
			return nil, err
		default: // this camera answered, whatever is wrong there
			return nil, sentOn(before, "the camera sends PiGrid on to "+elsewhere+": "+withoutURL(err).Error())
		}
	}
	return resp, nil
}

func isRedirect(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return resp.Header.Get("Location") != ""
	default:
		return false
	}
}

// sentOn is the failure of an answer that leads nowhere.
func sentOn(resp *http.Response, detail string) error {
	return &cameras.Failure{Reason: cameras.ReasonBadStream, Status: resp.StatusCode, Detail: clean(detail, maxText)}
}

// onward is where an answer sends us, with from.Addr for its host when that is
// where the answer came from. Errors do not repeat the whole URL, in which
// passwords may stand.
func onward(resp *http.Response, from Source) (*url.URL, error) {
	u, err := resp.Location()
	if err != nil {
		return nil, errors.New("the camera sends PiGrid on to an address that cannot be read")
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	if u.Scheme != "http" || u.Hostname() == "" {
		return nil, errors.New("the camera sends PiGrid on to " + u.Scheme + "://" + u.Host + ", which PiGrid cannot open")
	}
	if u.Host = withPort(u.Host); sameServer(u.Host, from.Addr) {
		u.Host = from.Addr
	}
	return u, nil
}

// withPort adds the port of HTTP to a host without one.
func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), "80")
}

// sameServer reports whether two host:port are one. A camera does not know the
// zone of its IPv6 address.
func sameServer(a, b string) bool { return canonical(a) == canonical(b) }

func canonical(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		host = addr.Unmap().WithZone("").String()
	}
	return net.JoinHostPort(strings.TrimSuffix(strings.ToLower(host), "."), port)
}

// withoutItems leaves out of a query what stands in the one that lets us in.
func withoutItems(query string, l *endpoint.Credentials) string {
	if !l.HasQuery() {
		return query
	}
	secret := strings.Split(l.Query, "&")
	items := slices.DeleteFunc(strings.Split(query, "&"), func(item string) bool { return slices.Contains(secret, item) })
	return strings.Join(items, "&")
}

// withoutURL is an error of net/http without the URL that was asked for, in which
// passwords may stand.
func withoutURL(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}
