package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pigrid/agent/config"
)

// occupy takes a port and returns its address.
func occupy(t *testing.T) string {
	t.Helper()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln.Addr().String()
}

// fakePorts fails for the addresses it knows and notes every attempt.
type fakePorts struct {
	fails map[string]error
	tried []string
}

func (f *fakePorts) open(_ context.Context, _, addr string) (net.Listener, error) {
	f.tried = append(f.tried, addr)
	if err := f.fails[addr]; err != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Err: err}
	}
	return nil, nil
}

func TestListen(t *testing.T) {
	taken := func(addrs ...string) map[string]error {
		fails := map[string]error{}
		for _, addr := range addrs {
			fails[addr] = syscall.EADDRINUSE
		}
		return fails
	}
	all := []string{":8080", ":8081", ":8082", ":8083", ":8084", ":8085", ":8086", ":8087", ":8088", ":8089"}
	for name, test := range map[string]struct {
		listen string
		given  bool
		fails  map[string]error
		tried  []string
		want   string // in the error, or in the log
	}{
		"free":                 {":8080", false, nil, all[:1], ""},
		"taken":                {":8080", false, taken(":8080"), all[:2], "port=8081"},
		"nearly all taken":     {":8080", false, taken(all[:9]...), all, "port=8089"},
		"all taken":            {":8080", false, taken(all...), all, "ports 8080 to 8089 are all in use; choose a free one"},
		"given and taken":      {":8080", true, taken(":8080"), all[:1], "another program listens on :8080 already"},
		"not taken, forbidden": {":8080", false, map[string]error{":8080": syscall.EACCES}, all[:1], "this user is not allowed to listen on :8080"},
		"privileged":           {":80", true, map[string]error{":80": syscall.EACCES}, []string{":80"}, "choose port 1024 or higher"},
		"not ours":             {"192.0.2.1:80", true, map[string]error{"192.0.2.1:80": syscall.EADDRNOTAVAIL}, []string{"192.0.2.1:80"}, "this machine does not have the address 192.0.2.1:80"},
		"anything else":        {"pi:80", true, map[string]error{"pi:80": syscall.EIO}, []string{"pi:80"}, "cannot listen on pi:80"},
	} {
		var log bytes.Buffer
		ports := &fakePorts{fails: test.fails}
		_, err := listen(t.Context(), ports.open, config.Config{Listen: test.listen, ListenGiven: test.given}, slog.New(slog.NewTextHandler(&log, nil)))
		if !slices.Equal(ports.tried, test.tried) {
			t.Errorf("%s: tried %v, want %v", name, ports.tried, test.tried)
		}
		said := log.String()
		if err != nil {
			said = err.Error()
		}
		if !strings.Contains(said, test.want) || test.want == "" && said != "" {
			t.Errorf("%s: said %q, want %q", name, said, test.want)
		}
	}
}
