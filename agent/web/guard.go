package web

import (
	"net/http"
	"net/netip"
	"slices"

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
	return lan.Near(addr, s.cfg.AllowFrom)
}

// guardHost refuses Host names that no local network uses. A web page out
// there that points its own name at the camera (DNS rebinding) ends here.
func (s *Server) guardHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !lan.LocalName(r.Host, s.cfg.AllowHosts) {
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
