// storm sends what no honest machine sends to the mDNS group, over and over,
// until its standard input ends: random bytes, cut packets, names that point at
// themselves, and ten thousand agents that do not exist. It says when it has
// told of each of those once. The network test runs it on a machine it makes.
package main

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"time"

	"github.com/miekg/dns"

	"pigrid/shared/dnssd"
)

const (
	fakes = 10_000
	burst = 30 // packets, then a pause
	pause = 10 * time.Millisecond
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	conn, err := net.DialUDP("udp4", &net.UDPAddr{Port: 5353}, &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353})
	if err != nil {
		log.Error("storm", "error", err)
		os.Exit(1)
	}
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(done)
	}()
	sent := 0
	for {
		select {
		case <-done:
			log.Info("storm over", "packets", sent)
			return
		case <-time.After(pause):
		}
		for range burst {
			if _, err := conn.Write(packet(sent)); err != nil {
				continue
			}
			if sent++; sent == 2*fakes {
				fmt.Println("everybody told")
			}
		}
	}
}

// packet is the n-th: half of them are agents, the others garbage.
func packet(n int) []byte {
	whole := agent(n / 2 % fakes)
	switch n % 8 {
	case 1:
		return garbage(rand.IntN(1400))
	case 3:
		return whole[:rand.IntN(len(whole))]
	case 5:
		return loop()
	case 7:
		whole[rand.IntN(len(whole))] ^= byte(1 + rand.IntN(255))
	}
	return whole
}

func garbage(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}

// loop is an answer whose name is a pointer to itself.
func loop() []byte {
	return []byte{0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, 2, 0xc0, 12}
}

// agent announces the n-th one, at an address where nothing is: on this network,
// on another private one, or far away.
func agent(n int) []byte {
	id := fmt.Sprintf("%08x-fa4e-4000-8000-000000000000", n)
	name := dnssd.InstanceName("fake", id) + "." + dnssd.Service + ".local."
	host := dnssd.TargetHost(id) + ".local."
	header := func(name string, kind uint16) dns.RR_Header {
		return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: 120}
	}
	addr := [...]net.IP{
		net.IPv4(10, 77, 0, byte(100+n%100)), net.IPv4(172, 20, byte(n>>8), byte(n)), net.IPv4(8, 8, byte(n>>8), byte(n)),
	}[n%3]
	m := new(dns.Msg)
	m.Response = true
	m.Answer = []dns.RR{
		&dns.PTR{Hdr: header(dnssd.Service+".local.", dns.TypePTR), Ptr: name},
		&dns.SRV{Hdr: header(name, dns.TypeSRV), Port: 8080, Target: host},
		&dns.TXT{Hdr: header(name, dns.TypeTXT), Txt: dnssd.Info{ID: id, Name: "fake", Path: "/video", API: "/api/v1"}.TXT()},
		&dns.A{Hdr: header(host, dns.TypeA), A: addr},
	}
	b, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return b
}
