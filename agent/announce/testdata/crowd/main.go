// crowd is many agents in one process, on ports 9000 and up, that answer for
// their status and are found by mDNS until its standard input ends:
//
//	crowd NUMBER COUNT ADDRESS
//
// NUMBER tells the crowds of several machines apart; ADDRESS is the machine's, on
// eth0. One socket speaks mDNS for all of them, word for word as an agent does:
// two hundred real ones on one machine hand each other every packet, which takes
// it far more time than two hundred machines with one agent each. The network
// test runs it on the machines it makes.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"

	"github.com/miekg/dns"

	"pigrid/shared/api"
	"pigrid/shared/dnssd"
)

const firstPort = 9000

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if len(os.Args) != 4 {
		log.Error("crowd NUMBER COUNT ADDRESS")
		os.Exit(2)
	}
	number, err := strconv.Atoi(os.Args[1])
	count, err2 := strconv.Atoi(os.Args[2])
	address := net.ParseIP(os.Args[3])
	if err != nil || err2 != nil || address == nil {
		log.Error("crowd NUMBER COUNT ADDRESS")
		os.Exit(2)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	var wg sync.WaitGroup
	var answers [][]byte
	for i := range count {
		id := fmt.Sprintf("%04x%04x-c0de-4000-8000-000000000000", number, i)
		answers = append(answers, answer(id, firstPort+i, address))
		wg.Go(func() {
			if err := one(ctx, id, firstPort+i); err != nil {
				log.Error("agent", "error", err)
			}
		})
	}
	if err := speak(ctx, answers); err != nil {
		log.Error("mDNS", "error", err)
		os.Exit(1)
	}
	wg.Wait()
}

// one is the HTTP side of one agent, until ctx ends.
func one(ctx context.Context, id string, port int) error {
	ln, err := net.Listen("tcp", ":"+strconv.Itoa(port))
	if err != nil {
		return err
	}
	status := api.Status{API: api.Version, ID: id, Name: id[:8], Cameras: []api.Camera{
		{ID: "pattern", Name: id[:8], State: api.Idle, Video: "/video", Width: 640, Height: 480},
	}}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(status)
	})}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	_ = server.Serve(ln)
	return nil
}

// speak says the answers once, then to everybody who asks for agents, until ctx
// ends.
func speak(ctx context.Context, answers [][]byte) error {
	eth0, err := net.InterfaceByName("eth0")
	if err != nil {
		return err
	}
	group := &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}
	conn, err := net.ListenMulticastUDP("udp4", eth0, group)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	fmt.Println("listening")
	buf := make([]byte, 9000)
	for asked := true; ; {
		for _, a := range answers {
			if asked {
				_, _ = conn.WriteTo(a, group)
			}
		}
		n, err := conn.Read(buf)
		if err != nil {
			return nil // closed
		}
		var q dns.Msg
		asked = q.Unpack(buf[:n]) == nil && !q.Response && len(q.Question) > 0 && q.Question[0].Name == dnssd.Service+"."+dnssd.Domain
	}
}

// answer is what an agent answers with when it is asked who is there.
func answer(id string, port int, address net.IP) []byte {
	kind, name := dnssd.Service+"."+dnssd.Domain, dnssd.InstanceName("crowd", id)+"."+dnssd.Service+"."+dnssd.Domain
	host := dnssd.TargetHost(id) + "." + dnssd.Domain
	header := func(name string, kind uint16) dns.RR_Header {
		return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: 120}
	}
	m := dns.Msg{MsgHdr: dns.MsgHdr{Response: true, Authoritative: true}, Compress: true}
	m.Answer = []dns.RR{&dns.PTR{Hdr: header(kind, dns.TypePTR), Ptr: name}}
	m.Extra = []dns.RR{
		&dns.SRV{Hdr: header(name, dns.TypeSRV), Port: uint16(port), Target: host},
		&dns.TXT{Hdr: header(name, dns.TypeTXT), Txt: dnssd.Info{ID: id, Name: id[:8], Host: "crowd.local", Path: "/video", API: "/api/v1", Version: "test"}.TXT()},
		&dns.A{Hdr: header(host, dns.TypeA), A: address},
	}
	b, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return b
}
