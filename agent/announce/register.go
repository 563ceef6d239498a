package announce

import (
	"net"

	"github.com/grandcat/zeroconf"

	"pigrid/shared/dnssd"
)

// service is one DNS-SD service to register.
type service struct {
	instance string
	kind     string // "_pigrid._tcp"
	host     string // SRV target without domain
	port     int
	ips      []string // addresses of host; none: on each link those the link has when asked
	txt      []string
	on       []net.Interface // never empty: zeroconf would take every interface
}

// registration is an open one; Shutdown says goodbye and closes its sockets.
type registration interface{ Shutdown() }

type registerFunc func(service) (registration, error)

// zeroconfRegister is the real registerFunc. RegisterProxy, never Register: that
// one claims the machine's own name with the addresses of all links on every
// link, and its goodbye takes avahi's records with it.
func zeroconfRegister(s service) (registration, error) {
	return zeroconf.RegisterProxy(s.instance, s.kind, dnssd.Domain, s.port, s.host, s.ips, s.txt, s.on)
}
