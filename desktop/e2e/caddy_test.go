//go:build linux

package e2e

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// caddyfile logs people in and passes their names on, as README says.
const caddyfile = `{
	admin off
	auto_https disable_redirects
	skip_install_trust
	storage file_system %q
}
https://localhost:%s {
	tls internal
	basicauth {
		ann %s
	}
	reverse_proxy 127.0.0.1:%s {
		header_up Remote-User {http.auth.user.id}
	}
}
`

// TestBehindCaddy: with TLS and HTTP/2, who logs in at the proxy watches, and nobody else.
func TestBehindCaddy(t *testing.T) {
	s := startServe(t, startFleet(t, 1, 10), "--trust-proxy", "127.0.0.1", "--user-header", "Remote-User")
	at := startCaddy(t, s.port)
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	client := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, Protocols: protocols}, //nolint:gosec // caddy signs for itself
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	ask := func(method, path, user, body string) reply {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		t.Cleanup(cancel)
		req, err := http.NewRequestWithContext(ctx, method, at+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", at)
		req.Header.Set("Remote-User", "mallory") // caddy replaces it
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if user != "" {
			req.SetBasicAuth(user, "sesame")
		}
		answer, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return reply{answer}
	}
	until(t, 20*time.Second, "caddy answers", func() bool {
		answer, err := client.Get(at + "/healthz")
		return err == nil && answer.Body.Close() == nil
	})
	if answer := ask("GET", "/", "", ""); answer.StatusCode != http.StatusUnauthorized || answer.ProtoMajor != 2 {
		t.Errorf("without a login: %s %s", answer.Proto, answer.Status)
	}
	for path, method := range map[string]string{"/": "GET", "/frames": "POST", "/cameras": "GET"} {
		if answer := ask(method, path, "ann", "{}"); answer.StatusCode != http.StatusOK || answer.ProtoMajor != 2 {
			t.Errorf("%s: %s %s", path, answer.Proto, answer.Status)
		}
	}
	var list struct{ Cameras []struct{ Video string } }
	if err := json.NewDecoder(ask("GET", "/cameras", "ann", "").Body).Decode(&list); err != nil || len(list.Cameras) != 1 {
		t.Fatal(list, err)
	}
	stream := ask("GET", list.Cameras[0].Video, "ann", "")
	if _, err := io.CopyN(io.Discard, stream.Body, 20<<10); err != nil {
		t.Errorf("a stream: %s, %v", stream.Status, err)
	}
	answer := ask("POST", "/login", "ann", url.Values{"password": {s.password}}.Encode())
	if c := answer.Cookies(); len(c) != 1 || !c[0].Secure || answer.StatusCode != http.StatusSeeOther {
		t.Errorf("the cookie: %s %v", answer.Status, c)
	}
	direct, err := http.Get("http://127.0.0.1:" + s.port + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Body.Close()
	if direct.StatusCode != http.StatusUnauthorized {
		t.Errorf("this machine without a login: %s", direct.Status)
	}
}

// reply is an answer whose body is closed when the test ends.
type reply struct{ *http.Response }

// startCaddy puts Debian's caddy in front of a port.
func startCaddy(t *testing.T, port string) (at string) {
	t.Helper()
	dir, own := t.TempDir(), freePort(t)
	hash, err := exec.Command("caddy", "hash-password", "--plaintext", "sesame").Output()
	if err != nil {
		t.Fatalf("no caddy: install Debian's package caddy (%v)", err)
	}
	path := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(path, fmt.Appendf(nil, caddyfile, dir, own, strings.TrimSpace(string(hash)), port), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("caddy", "run", "--config", path, "--adapter", "caddyfile")
	cmd.Env = append(os.Environ(), "HOME="+dir)
	startProcess(t, cmd)
	return "https://localhost:" + own
}
