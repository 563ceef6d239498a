//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"

	"pigrid/shared/api"
	"pigrid/shared/dnssd"
)

// invented is how many agents that do not exist are announced each quarter of a
// second.
const invented = 50

// announce says by mDNS where all liars and copies are, that the good agents have
// left or moved, and that there are hundreds of others, until ctx ends.
func (n *neighbour) announce(ctx context.Context) error {
	if len(n.liars) == 0 {
		return errors.New("a neighbour has agents")
	}
	conn, err := listenMDNS(hostOf(n.liars[0].where()))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	tick := time.NewTicker(time.Second / 4)
	defer tick.Stop()
	for ctx.Err() == nil {
		for _, p := range n.packets() {
			if _, err := conn.WriteTo(p, mdnsGroup); err == nil {
				n.count("announcements")
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	return nil
}

var mdnsGroup = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}

// listenMDNS opens a socket on the interface that has this address.
func listenMDNS(host string) (net.PacketConn, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		addrs, err := i.Addrs()
		if err != nil {
			return nil, err
		}
		for _, a := range addrs {
			if ip, _, ok := strings.Cut(a.String(), "/"); ok && ip == host {
				return net.ListenMulticastUDP("udp4", &i, mdnsGroup)
			}
		}
	}
	return nil, fmt.Errorf("no interface has the address %s", host)
}

func hostOf(address string) string {
	host, _, _ := net.SplitHostPort(address)
	return host
}

// packets are those of one tick.
func (n *neighbour) packets() [][]byte {
	var list [][]byte
	for _, l := range n.liars {
		list = append(list, announcement(said{id: l.id(), at: l.where()}))
	}
	for _, c := range n.copiers {
		c.mu.Lock()
		id := c.id
		c.mu.Unlock()
		if id == "" {
			continue
		}
		list = append(list, announcement(said{id: id, at: c.where()}), announcement(said{id: id, at: c.where(), goodbye: true}))
		if n.elsewhere != "" {
			list = append(list, announcement(said{id: id, at: n.elsewhere + ":8080"}))
		}
	}
	for range invented {
		list = append(list, n.invent())
	}
	return list
}

// invent announces an agent that does not exist, sometimes in a way that no agent
// has: where nothing is, at a router elsewhere, cut, changed, or too long.
func (n *neighbour) invent() []byte {
	s := said{
		id: fmt.Sprintf("%08x-1e5e-4000-8000-%012d", rand.Uint32(), 0),
		at: fmt.Sprintf("%s:%d", one([]string{"10.77.0.200", "172.20.1.9", "8.8.8.8", "127.0.0.1", "10.77.0.255"}), 1+rand.IntN(65535)),
	}
	if n.elsewhere != "" && rand.IntN(2) == 0 {
		s.at = n.elsewhere + ":8080"
	}
	switch rand.IntN(8) {
	case 0:
		s.extra = strings.Split(strings.Repeat(strings.Repeat("x", 255)+"\n", 30), "\n")[:30]
	case 1:
		s.extra = strings.Split(strings.Repeat("k=v\n", 200), "\n")
	case 2:
		b := announcement(s)
		return b[:rand.IntN(len(b))]
	case 3, 4:
		b := announcement(s)
		for range 1 + rand.IntN(4) {
			b[rand.IntN(len(b))] ^= byte(1 + rand.IntN(255))
		}
		return b
	}
	return announcement(s)
}

// said is what one packet says of an agent.
type said struct {
	id, at  string   // at: IP:port
	extra   []string // of the TXT record
	goodbye bool     // it leaves
}

// announcement is a packet that says it as an agent does.
func announcement(s said) []byte {
	at := netip.MustParseAddrPort(s.at)
	kind := dnssd.Service + "." + dnssd.Domain
	label := s.id[:8] + s.id[len(s.id)-4:] // all ids of a fleet begin alike
	name, host := "neighbour-"+label+"."+kind, "pigrid-"+label+"."+dnssd.Domain
	ttl := uint32(120)
	if s.goodbye {
		ttl = 0
	}
	header := func(name string, kind uint16) dns.RR_Header {
		return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: ttl}
	}
	info := dnssd.Info{ID: s.id, Name: "Neighbour", Host: "neighbour.local", Path: "/video", API: "/api/v1", Version: "0"}
	m := dns.Msg{MsgHdr: dns.MsgHdr{Response: true, Authoritative: true}, Compress: true}
	m.Answer = []dns.RR{
		&dns.PTR{Hdr: header(kind, dns.TypePTR), Ptr: name},
		&dns.SRV{Hdr: header(name, dns.TypeSRV), Port: at.Port(), Target: host},
		&dns.TXT{Hdr: header(name, dns.TypeTXT), Txt: append(info.TXT(), s.extra...)},
		&dns.A{Hdr: header(host, dns.TypeA), A: at.Addr().AsSlice()},
	}
	b, err := m.Pack()
	if err != nil {
		return nil // it says nothing
	}
	return b
}

// route answers as a router on another network does, which knows nothing of
// cameras: of it nothing but a status may be asked.
func (n *neighbour) route() (stop func(), err error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", n.elsewhere+":8080")
	if err != nil {
		return nil, err
	}
	srv := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.RequestURI != api.StatusPath {
			n.count("other questions to a router elsewhere")
		}
		n.count("questions to a router elsewhere")
		_, _ = fmt.Fprintf(w, `{"api":1,"id":"router","cameras":[{"id":"x","video":"/admin?reboot=1"}]}`)
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	return func() { _ = srv.Close(); <-done }, nil
}
