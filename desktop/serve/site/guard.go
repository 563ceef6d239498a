package site

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"pigrid/desktop/serve/problem"
	"pigrid/shared/api"
	"pigrid/shared/lan"
)

// policy lets pages load only what this program serves. The page itself says the same.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// headers sets what every answer carries.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "same-origin") // with no-referrer, browsers send Origin: null with the form
		next.ServeHTTP(w, r)
	})
}

// guardClient accepts clients from the local network and from --allow-from. A trusted proxy
// may speak for others too, where they need a login.
func (s *Site) guardClient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client := clientOf(r)
		if far := !client.IsValid() || !lan.Near(client, s.cfg.AllowFrom); far && (proxied(r) == nil || s.cfg.Gate == nil) {
			problem.Fail(w, r, api.Refusal{
				Status: http.StatusForbidden, Title: "Access denied",
				Detail: "This program answers only computers on its own network. " + client.String() + " is not on it.",
				Hint:   "To allow it, start pigrid-serve with --allow-from " + client.String() + " (or its network).",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// clientOf is the address of who asks; not valid where it is none.
func clientOf(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap().WithZone("")
}

// guardHost refuses Host names that no local network uses: a web page out there that
// points its own name at this program (DNS rebinding) ends here. The name that a proxy says
// counts from here on, and must be one as well.
func (s *Site) guardHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said, names := proxied(r), []string{r.Host}
		if said != nil && said.host != "" {
			names = append(names, said.host)
		}
		if slices.ContainsFunc(names, func(name string) bool { return !lan.LocalName(name, s.cfg.AllowHosts) }) {
			problem.Fail(w, r, api.Refusal{
				Status: http.StatusMisdirectedRequest, Title: "Unknown host name",
				Detail: "This program rejects requests addressed to this name.",
				Hint:   "Use its IP address or its .local name, or start pigrid-serve with --allow-host and this name.",
			})
			return
		}
		r.Host = names[len(names)-1]
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what a page of another origin has a browser send.
func sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if protection.Check(r) != nil {
			problem.Fail(w, r, api.Refusal{
				Status: http.StatusForbidden, Title: "Access denied",
				Detail: "A page of another address sent this.", Hint: "Open the page of pigrid-serve itself. A proxy must pass on the Host header.",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// only refuses all methods but these.
func only(next http.Handler, methods ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(methods, r.Method) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			problem.Fail(w, r, api.Refusal{
				Status: http.StatusMethodNotAllowed, Title: "Not this way",
				Detail: "This address answers " + strings.Join(methods, ", ") + " only.",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}
