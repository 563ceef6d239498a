package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// TestServe runs the whole agent with the test picture, asks it over HTTP and
// ends it.
func TestServe(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	log, logEnd := io.Pipe()
	empty := filepath.Join(t.TempDir(), "agent.toml") // whatever this machine is told stays out
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		args := []string{"run", "--listen=127.0.0.1:0", "--source=pattern", "--mdns=false", "--state-dir=" + t.TempDir(), "--name=Küche", "--config=" + empty}
		done <- execute(ctx, args, []string{"PIGRID_LOG_FORMAT=json", "PIGRID_LISTEN=:1"}, io.Discard, logEnd)
		_ = logEnd.Close()
	}()
	lines := bufio.NewScanner(log)
	address := listening(t, lines)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for lines.Scan() { // the agent waits for who reads its log
		}
	}()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if body := get(t, client, address+"healthz"); body != "ok\n" {
		t.Errorf("/healthz: %q", body)
	}
	var status struct {
		ID, Name string
		Cameras  []struct{ ID, Name string }
	}
	if err := json.Unmarshal([]byte(get(t, client, address+"api/v1/status")), &status); err != nil {
		t.Error(err)
	}
	if status.Name != "Küche" || len(status.ID) != 36 {
		t.Errorf("status %+v", status)
	}
	if picture := get(t, client, address+"snapshot.jpg"); len(picture) < 1000 || picture[:2] != "\xff\xd8" {
		t.Errorf("a picture of %d bytes", len(picture))
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	<-drained
}

// listening reads the log up to the line that carries the address.
func listening(t *testing.T, log *bufio.Scanner) string {
	t.Helper()
	for log.Scan() {
		var line struct{ Msg, URL string }
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", log.Bytes(), err)
		}
		if line.Msg == "listening" {
			return line.URL
		}
	}
	t.Fatal("the agent does not listen")
	return ""
}

func get(t *testing.T, client *http.Client, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("%s: %s %s, error %v", url, answer.Status, body, err)
	}
	return string(body)
}

// TestTogether: a room that fails ends the others, and all are waited for.
func TestTogether(t *testing.T) {
	broken := errors.New("broken")
	var ended atomic.Int32
	stays := func(ctx context.Context) error {
		<-ctx.Done()
		ended.Add(1)
		return nil
	}
	fails := func(context.Context) error { return broken }
	if err := together(t.Context(), []func(context.Context) error{stays, fails, stays}); !errors.Is(err, broken) || ended.Load() != 2 {
		t.Errorf("error %v, %d ended", err, ended.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := together(ctx, []func(context.Context) error{stays}); err != nil {
		t.Error(err)
	}
}

func TestPageURL(t *testing.T) {
	for addr, want := range map[string]string{
		"[::]:8080":         "http://pi.local:8080/",
		"0.0.0.0:8081":      "http://pi.local:8081/",
		"127.0.0.1:8080":    "http://127.0.0.1:8080/",
		"[fd00::1]:8080":    "http://[fd00::1]:8080/",
		"192.168.1.20:8080": "http://192.168.1.20:8080/",
	} {
		if got := pageURL("pi", netip.MustParseAddrPort(addr)); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}
