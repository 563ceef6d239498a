package announce

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"

	"pigrid/shared/dnssd"
)

const (
	mdnsPort    = 5353
	addressTTL  = 120             // seconds (RFC 6762, section 10)
	legacyTTL   = 10              // seconds, for programs that are no mDNS resolver (section 6.7)
	repeatAfter = time.Second     // before the same is told to a whole link again (section 6)
	cacheFlush  = uint16(1) << 15 // in answers; in questions the same bit asks for a unicast answer
)

// resolver answers what the addresses of one name are, which zeroconf does not:
// without it others know the name only for as long as they keep what came along
// with the service.
type resolver struct {
	conns []*net.UDPConn
	wg    sync.WaitGroup
}

// resolve answers for host (without domain) on the links of s until it is shut
// down. Links without IPv4 are left out; an error means that none is left.
func resolve(s scene, host string) (registration, error) {
	r := &resolver{}
	err := errors.New("no link with IPv4")
	for _, l := range s.links {
		if !l.IPv4() || l.Loopback() {
			continue
		}
		conn, e := net.ListenMulticastUDP("udp4", &l.Interface, &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: mdnsPort})
		if e != nil {
			err = e
			continue
		}
		if e := reachAll(conn); e != nil {
			_ = conn.Close()
			err = e
			continue
		}
		r.conns = append(r.conns, conn)
		a := &addresses{name: host + "." + dnssd.Domain, link: l, told: told(l, s.at)}
		r.wg.Go(func() { a.serve(conn) })
	}
	if len(r.conns) == 0 {
		return nil, err
	}
	return r, nil
}

// reachAll lets programs on this machine hear the answers too, which
// [net.ListenMulticastUDP] does not, and strict ones elsewhere (RFC 6762, section 11).
func reachAll(conn *net.UDPConn) error {
	p := ipv4.NewPacketConn(conn)
	return errors.Join(p.SetMulticastLoopback(true), p.SetMulticastTTL(255), p.SetTTL(255))
}

// Shutdown ends the answers.
func (r *resolver) Shutdown() {
	for _, c := range r.conns {
		_ = c.Close()
	}
	r.wg.Wait()
}

// addresses answers for one name on one link.
type addresses struct {
	name string // fully qualified, with the final dot
	link dnssd.Link
	told []string
	last map[uint16]time.Time // by record type: when the link was told
}

func (a *addresses) serve(conn *net.UDPConn) {
	group := netip.AddrPortFrom(netip.AddrFrom4([4]byte{224, 0, 0, 251}), mdnsPort)
	buf := make([]byte, 9000)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return // closed
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		answer, alone := a.answer(buf[:n], from, time.Now())
		if answer == nil {
			continue
		}
		to := group
		if alone {
			to = from
		}
		_, _ = conn.WriteToUDPAddrPort(answer, to)
	}
}

// answer reads a packet and returns what to send, nil for nothing, and whether
// only to who asked. Linux hands every socket the packets of all links, so those
// that do not come from this one are left to the others.
func (a *addresses) answer(packet []byte, from netip.AddrPort, now time.Time) (answer []byte, alone bool) {
	var q dns.Msg
	if !a.onLink(from.Addr()) || q.Unpack(packet) != nil || q.Response || q.Opcode != dns.OpcodeQuery {
		return nil, false
	}
	legacy := from.Port() != mdnsPort
	alone = true
	types := map[uint16]bool{}
	for _, question := range q.Question {
		if !strings.EqualFold(question.Name, a.name) {
			continue
		}
		for _, t := range []uint16{dns.TypeA, dns.TypeAAAA} {
			if question.Qtype == t || question.Qtype == dns.TypeANY {
				types[t] = true
				alone = alone && (legacy || question.Qclass&cacheFlush != 0)
			}
		}
	}
	m := dns.Msg{MsgHdr: dns.MsgHdr{Response: true, Authoritative: true}}
	ttl, class := uint32(addressTTL), dns.ClassINET|cacheFlush
	if legacy {
		m.Id, m.Question = q.Id, q.Question[:min(len(q.Question), 1)]
		ttl, class = legacyTTL, dns.ClassINET
	}
	for _, s := range a.told {
		ip := net.ParseIP(s)
		if four := ip.To4(); four != nil && a.due(types, dns.TypeA, alone, now) {
			m.Answer = append(m.Answer, &dns.A{Hdr: a.header(dns.TypeA, class, ttl), A: four})
		} else if four == nil && a.due(types, dns.TypeAAAA, alone, now) {
			m.Answer = append(m.Answer, &dns.AAAA{Hdr: a.header(dns.TypeAAAA, class, ttl), AAAA: ip})
		}
	}
	if len(m.Answer) == 0 {
		return nil, false
	}
	a.note(types, alone, now)
	answer, err := m.Pack()
	if err != nil {
		return nil, false
	}
	return answer, alone
}

func (a *addresses) header(kind, class uint16, ttl uint32) dns.RR_Header {
	return dns.RR_Header{Name: a.name, Rrtype: kind, Class: class, Ttl: ttl}
}

// due reports whether a type was asked for and the link was not just told.
func (a *addresses) due(types map[uint16]bool, kind uint16, alone bool, now time.Time) bool {
	return types[kind] && (alone || now.Sub(a.last[kind]) >= repeatAfter)
}

func (a *addresses) note(types map[uint16]bool, alone bool, now time.Time) {
	if alone {
		return
	}
	if a.last == nil {
		a.last = map[uint16]time.Time{}
	}
	for t := range types {
		if now.Sub(a.last[t]) >= repeatAfter {
			a.last[t] = now
		}
	}
}

func (a *addresses) onLink(from netip.Addr) bool {
	for _, p := range a.link.Prefixes {
		if p.Contains(from) {
			return true
		}
	}
	return false
}
