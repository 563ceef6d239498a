//go:build linux

package main

import (
	"crypto/sha256"
	"crypto/tls"
	"net/http"
	"testing"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
	"pigrid/shared/mjpeg"
)

// TestLocked agents answer over TLS only, to who knows the key.
func TestLocked(t *testing.T) {
	l, err := newLock()
	if err != nil {
		t.Fatal(err)
	}
	list, err := startAgents(1, 1, 30, "127.77.8.", newStrips(usualWidth, usualHeight), l)
	if err != nil {
		t.Fatal(err)
	}
	a := list[0]
	t.Cleanup(a.stop)
	c := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	ask := func(scheme, path string, bearer household.Hash, look func(*http.Response)) (status int) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, scheme+"://"+a.where()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if (bearer != household.Hash{}) {
			req.Header.Set("Authorization", "Bearer "+bearer.Hex())
		}
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if look != nil {
			look(resp)
		}
		return resp.StatusCode
	}
	if got := ask("http", api.StatusPath, household.Hash{}, nil); got != http.StatusBadRequest {
		t.Errorf("without TLS: %d", got)
	}
	right := l.key.ForAgent(a.id(), l.spki).Bearer()
	for _, path := range []string{api.StatusPath, "/video"} {
		for _, wrong := range []household.Hash{{}, {1}, household.NewKey().ForAgent(a.id(), l.spki).Bearer()} {
			if got := ask("https", path, wrong, nil); got != http.StatusUnauthorized {
				t.Errorf("%s: %d", path, got)
			}
		}
	}
	ask("https", "/video", right, func(resp *http.Response) {
		if shown := sha256.Sum256(resp.TLS.PeerCertificates[0].RawSubjectPublicKeyInfo); l.spki != shown {
			t.Error("it has another public key than it says")
		}
		r, err := mjpeg.NewReader(resp.Body, resp.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		if got := watch(r); got != "5 frames, 0 broken; " {
			t.Error(got)
		}
	})
}
