package bench

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
)

// overTLS names the agent when its viewers use TLS.
const overTLS = "agent over TLS"

// suite is a client that has one way to encrypt. TLS 1.3 lets nobody choose, so this
// is 1.2, which encrypts frames in the same way.
func suite(id uint16) *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{id}} //nolint:gosec // it is this machine's own agent
}

// encrypted compares the agent with itself, without TLS and with both ways to
// encrypt, by turns.
func encrypted(t *testing.T) string {
	t.Helper()
	ways := []struct {
		name string
		way
	}{
		{"HTTP", way{}},
		{"AES-128-GCM", way{tls: suite(tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)}},
		{"ChaCha20-Poly1305", way{tls: suite(tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256)}},
	}
	works := []work{{"1 viewer, 45 KB", 1, small, 0, 0}, {"10 viewers, 45 KB", 10, small, 0, 0}, {"50 viewers, 45 KB", 50, small, 0, 0}}
	var b strings.Builder
	b.WriteString("\n| the agent over TLS | CPU s per GB: HTTP | AES | ChaCha20 | latency p50, ms: HTTP | AES | ChaCha20 | joining to first frame, ms: HTTP | AES | ChaCha20 |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, w := range works {
		samples := make([][]sample, len(ways))
		for round := range rounds {
			for i, one := range ways {
				s := measure(t, "agent", w, one.way)
				samples[i] = append(samples[i], s)
				t.Logf("round %d  %-18s  %-17s  %.3f CPU s/GB  %5.2f ms  first frame %5.2f ms", round+1, w.name, one.name, s.perGB, s.latency, s.firstFrame)
			}
		}
		fmt.Fprintf(&b, "| %s |", w.name)
		for _, value := range []func(sample) float64{
			func(s sample) float64 { return s.perGB },
			func(s sample) float64 { return s.latency },
			func(s sample) float64 { return s.firstFrame },
		} {
			for i := range ways {
				fmt.Fprintf(&b, " %.2f |", over(samples[i], value))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
