package access

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// shown is the certificate that a client is shown.
func shown(t *testing.T, a *Access) *x509.Certificate {
	t.Helper()
	client, server := net.Pipe()
	defer client.Close()
	end := tls.Server(server, a.TLS())
	go func() { _, _ = end.Read(make([]byte, 1)) }() // the handshake
	conn := tls.Client(client, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	if err := conn.Handshake(); err != nil {
		t.Fatal(err)
	}
	return conn.ConnectionState().PeerCertificates[0]
}

// TestTheCertificateHasTheAddresses that the machine has now, under the same key.
func TestTheCertificateHasTheAddresses(t *testing.T) {
	var now []string
	a, err := Open(Config{
		Dir: t.TempDir(), ID: id, Log: slog.New(slog.DiscardHandler), Hosts: []string{"pi.local", "pigrid-0a1b2c3d.local", "küche.local"},
		Addresses: func() (list []netip.Addr) {
			for _, one := range now {
				list = append(list, netip.MustParseAddr(one))
			}
			return list
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var key []byte
	for _, tt := range []struct{ has, want string }{
		{"", ""},
		{"192.168.1.20", "192.168.1.20"},
		{"fd00::2 192.168.1.20 127.0.0.1 ::1 fe80::1%eth0 ::ffff:10.0.0.2", "10.0.0.2 192.168.1.20 fd00::2 fe80::1"},
		{"192.168.7.9", "192.168.7.9"},
	} {
		now = strings.Fields(tt.has)
		cert := shown(t, a)
		var got []string
		for _, ip := range cert.IPAddresses {
			got = append(got, ip.String())
		}
		if strings.Join(got, " ") != tt.want || !slices.Equal(cert.DNSNames, []string{"pi.local", "pigrid-0a1b2c3d.local"}) {
			t.Errorf("with %s: %v, %v", tt.has, got, cert.DNSNames)
		}
		if again := shown(t, a); !again.Equal(cert) {
			t.Error("made again although nothing has changed")
		}
		if bytes.Equal(key, cert.RawSubjectPublicKeyInfo) == (key == nil) {
			t.Error("another key")
		}
		key = cert.RawSubjectPublicKeyInfo
		pool := x509.NewCertPool()
		pool.AddCert(cert)
		for _, name := range append(strings.Fields(tt.want), "pi.local") {
			if _, err := cert.Verify(x509.VerifyOptions{Roots: pool, DNSName: name}); err != nil {
				t.Errorf("who takes this certificate does not take %s: %v", name, err)
			}
		}
	}
	now = nil
	for n := range 300 {
		now = append(now, fmt.Sprintf("10.0.%d.%d", n/200, n%200))
	}
	if n := len(shown(t, a).IPAddresses); n != maxAddresses {
		t.Errorf("%d addresses", n)
	}
}

// TestTheCertificateIsValid for who trusts it, at 1970, where a Pi without a battery begins,
// and for as long as one is used.
func TestTheCertificateIsValid(t *testing.T) {
	a, err := Open(Config{Dir: t.TempDir(), ID: id, Log: slog.New(slog.DiscardHandler), Hosts: []string{"pi.local"}})
	if err != nil {
		t.Fatal(err)
	}
	cert := shown(t, a)
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	for at, valid := range map[time.Time]bool{
		time.Unix(12, 0): true, time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC): true,
		time.Date(2049, 12, 31, 0, 0, 0, 0, time.UTC): true, time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC): false,
	} {
		_, err := cert.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: at, DNSName: "pi.local"})
		if valid != (err == nil) {
			t.Errorf("at %v: %v", at, err)
		}
	}
}
