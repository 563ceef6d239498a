package site

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"pigrid/desktop/serve/problem"
	"pigrid/shared/api"
)

// maxUser is how long a name may be that a proxy says, in bytes.
const maxUser = 256

// forwarding are the headers by which proxies say that they speak for others.
var forwarding = [...]string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via"}

// passedOn is what a proxy says of a request that it passed on.
type passedOn struct {
	host, scheme string // empty where it does not say
	user         bool   // it has logged somebody in
}

type passedOnKey struct{}

// proxied returns what a proxy says of a request, nil when it came directly.
func proxied(r *http.Request) *passedOn {
	said, _ := r.Context().Value(passedOnKey{}).(*passedOn)
	return said
}

// schemeOf is how a client reached this program, or the proxy in front of it.
func schemeOf(r *http.Request) string {
	if said := proxied(r); said != nil && said.scheme != "" {
		return said.scheme
	}
	return "http"
}

func isSecure(r *http.Request) bool { return schemeOf(r) == "https" }

// trusts reports whether an address is that of a proxy that is believed.
func (s *Site) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(s.cfg.TrustProxy, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// believeProxy takes what the proxy in front says for the truth, and what others say for
// nothing: from here on RemoteAddr is that of the client. A proxy that nobody told of
// would make the whole internet a browser of this machine.
func (s *Site) believeProxy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer := clientOf(r)
		forwarded := slices.ContainsFunc(forwarding[:], func(name string) bool { return len(r.Header[name]) > 0 })
		if !s.trusts(peer) {
			// nginx speaks HTTP/1.0 to what is behind it, unless it is told otherwise; no browser does.
			old := r.ProtoMajor == 1 && r.ProtoMinor == 0
			if (forwarded || old) && s.cfg.Gate == nil && peer.IsLoopback() {
				problem.Fail(w, r, api.Refusal{
					Status: http.StatusForbidden, Title: "A proxy passed this on",
					Detail: "This program answers its own computer without a login, and a proxy there speaks for others.",
					Hint:   "Start pigrid-serve with --trust-proxy " + peer.String() + ". It then wants a login.",
				})
				return
			}
			next.ServeHTTP(w, r)
			return
		}
		client, known := s.forwardedFor(r)
		if !known && forwarded && s.cfg.Gate == nil {
			problem.Fail(w, r, api.Refusal{
				Status: http.StatusForbidden, Title: "Nobody knows who asks",
				Detail: "The proxy does not say whose request it passed on.", Hint: "Let it send X-Forwarded-For.",
			})
			return
		}
		if known || forwarded || s.userOf(r) {
			said := &passedOn{host: lastOf(r, "X-Forwarded-Host"), user: s.userOf(r)}
			if scheme := strings.ToLower(lastOf(r, "X-Forwarded-Proto")); scheme == "http" || scheme == "https" {
				said.scheme = scheme
			}
			r = r.WithContext(context.WithValue(r.Context(), passedOnKey{}, said)) // a copy
			if known {
				r.RemoteAddr = netip.AddrPortFrom(client, 0).String()
			}
		}
		next.ServeHTTP(w, r)
	})
}

// userOf reports whether a trusted proxy names who is logged in.
func (s *Site) userOf(r *http.Request) bool {
	if s.cfg.UserHeader == "" {
		return false
	}
	names := r.Header.Values(s.cfg.UserHeader)
	return len(names) == 1 && names[0] != "" && len(names[0]) <= maxUser
}

// forwardedFor is the last address of X-Forwarded-For that is no trusted proxy: those
// before it are what the client says.
func (s *Site) forwardedFor(r *http.Request) (client netip.Addr, known bool) {
	list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(list) {
		addr, ok := parseClient(strings.TrimSpace(text))
		if !ok {
			return client, known
		}
		if client, known = addr, true; !s.trusts(addr) {
			return client, true
		}
	}
	return client, known
}

// parseClient reads an address, also with a port.
func parseClient(text string) (netip.Addr, bool) {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}

// lastOf is the last value of a header: the one that the nearest proxy added.
func lastOf(r *http.Request, name string) string {
	values := r.Header.Values(name)
	if len(values) == 0 {
		return ""
	}
	list := strings.Split(values[len(values)-1], ",")
	return strings.TrimSpace(list[len(list)-1])
}
