package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"pigrid/shared/api"
	"pigrid/shared/lan"
)

// guardClient accepts clients from the local network and from --allow-from.
// Everything is open to everyone there, so it refuses all others.
func (s *Server) guardClient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		addr, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !s.clientAllowed(addr.Addr()) {
			fail(w, r, api.Refusal{
				Status: http.StatusForbidden, Title: "Access denied",
				Detail: "This camera answers only computers on its own network. " + addr.Addr().Unmap().String() + " is not on it.",
				Hint:   "To allow it, start the agent with --allow-from " + addr.Addr().Unmap().String() + " (or its network).",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) clientAllowed(addr netip.Addr) bool {
	if lan.Local(addr, s.cfg.AllowFrom) {
		return true
	}
	own, err := lan.OwnPrefixes() // read each time: networks come and go
	return err == nil && lan.Local(addr, own)
}

// guardHost refuses Host names that no local network uses. A web page out
// there that points its own name at the camera (DNS rebinding) ends here.
func (s *Server) guardHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hostAllowed(r.Host, s.cfg.AllowHosts) {
			fail(w, r, api.Refusal{
				Status: http.StatusMisdirectedRequest, Title: "Unknown host name",
				Detail: "This camera rejects requests addressed to this name.",
				Hint:   "Use its IP address or its .local name, or start the agent with --allow-host and this name.",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// localSuffixes are domains that only local networks and VPNs use.
var localSuffixes = [...]string{
	".local", ".lan", ".home", ".fritz.box", ".home.arpa", ".internal", ".localdomain", ".ts.net",
}

// hostAllowed reports whether a Host header names a machine on a local network:
// nothing, an IP literal, a single label, a local domain or one of extra.
func hostAllowed(host string, extra []string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	bare := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if _, err := netip.ParseAddr(bare); err == nil {
		return true
	}
	if slices.ContainsFunc(extra, func(e string) bool { return strings.EqualFold(e, host) }) {
		return true
	}
	if !strings.Contains(host, ".") { // as none at all
		return true
	}
	return slices.ContainsFunc(localSuffixes[:], func(s string) bool { return strings.HasSuffix(host, s) })
}

// cors lets scripts of the allowed origins read answers.
func (s *Server) cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := s.allowedOrigin(r); origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Add("Vary", "Origin")
		}
		next.ServeHTTP(w, r)
	})
}

// allowedOrigin returns the request's origin if scripts of it may read answers.
func (s *Server) allowedOrigin(r *http.Request) string {
	origin := r.Header.Get("Origin")
	if slices.Contains(s.cfg.AllowOrigins, "*") || slices.Contains(s.cfg.AllowOrigins, origin) {
		return origin
	}
	return ""
}
