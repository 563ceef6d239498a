package access

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"pigrid/shared/household"
)

// maxAddresses is how many addresses a certificate has.
const maxAddresses = 16

// certificate is the agent's certificate, which has the addresses that its machine has at
// the moment. Its public key stays the same.
type certificate struct {
	key       *ecdsa.PrivateKey
	spki      household.Hash
	names     []string
	addresses func() []netip.Addr // nil for none

	mu   sync.Mutex
	of   []netip.Addr // that made has
	made *tls.Certificate
}

func newCertificate(key *ecdsa.PrivateKey, names []string, addresses func() []netip.Addr) (*certificate, error) {
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, err
	}
	c := &certificate{key: key, spki: sha256.Sum256(public), addresses: addresses}
	for _, n := range names {
		if !strings.ContainsFunc(n, func(r rune) bool { return r > unicode.MaxASCII }) { // a certificate has no others
			c.names = append(c.names, n)
		}
	}
	_, err = c.now(nil)
	return c, err
}

// now returns the certificate for a handshake. It makes another one when the machine's
// addresses have changed.
func (c *certificate) now(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	of := c.of
	if c.addresses != nil {
		of = sanAddresses(c.addresses())
	}
	if c.made != nil && slices.Equal(of, c.of) {
		return c.made, nil
	}
	der, err := c.make(of)
	if err != nil {
		return nil, err
	}
	c.of, c.made = of, &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: c.key}
	return c.made, nil
}

// sanAddresses are those that others can reach: IPv4 first, in an order that does not
// depend on that of the system.
func sanAddresses(list []netip.Addr) []netip.Addr {
	var kept []netip.Addr
	for _, a := range list {
		if a = a.Unmap().WithZone(""); a.IsValid() && !a.IsLoopback() && !a.IsMulticast() && !a.IsUnspecified() {
			kept = append(kept, a)
		}
	}
	slices.SortFunc(kept, netip.Addr.Compare)
	kept = slices.Compact(kept)
	return kept[:min(len(kept), maxAddresses)]
}

// make makes a certificate that holds at any time that anybody may think it is. Apps
// know the agent by its key alone, but other programs that were given the certificate look
// at the dates. A Pi without a battery, which may be the one that watches, begins at 1970.
// 2049 is the last year that certificates have in the form that all of them can read
// (RFC 5280, section 4.1.2.5).
func (c *certificate) make(of []netip.Addr) ([]byte, error) {
	t := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(c.spki[:16]),
		Subject:      pkix.Name{CommonName: "PiGrid agent"},
		NotBefore:    time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     c.names,
	}
	for _, a := range of {
		t.IPAddresses = append(t.IPAddresses, a.AsSlice())
	}
	return x509.CreateCertificate(rand.Reader, t, t, &c.key.PublicKey, c.key)
}

// TLS is how the agent speaks TLS: 1.2 at least, HTTP/1.1 in it. Records are as large
// as can be from the start, because frames are, and what is below writes them
// together.
func (a *Access) TLS() *tls.Config {
	return &tls.Config{
		GetCertificate: a.cert.now, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1", "http/1.0"},
		DynamicRecordSizingDisabled: true,
	}
}
