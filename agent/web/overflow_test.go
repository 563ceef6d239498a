package web

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"pigrid/shared/api"
)

// fill takes all connections with requests that are being answered.
func (h *house) fill(t *testing.T) {
	t.Helper()
	var all []net.Conn
	for range maxConns {
		all = append(all, raw(t, h.addr, "POST /login HTTP/1.1\r\nHost: pi\r\nExpect: 100-continue\r\n"+
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n"))
	}
	for _, c := range all { // the agent wants the body
		if _, err := io.ReadFull(c, make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAFullAgentSaysSo over TLS to who speaks TLS: an answer in plain HTTP looks to the
// app as if somebody answered in the agent's place.
func TestAFullAgentSaysSo(t *testing.T) {
	h := newHouse(t, Config{})
	h.lock(t)
	h.fill(t)
	for _, secure := range []bool{false, true} {
		answer, body := h.ask(t, secure, "GET", "/api/v1/status", nil, "Accept", "application/json")
		var said api.Refusal
		if err := json.Unmarshal([]byte(body), &said); err != nil || answer.StatusCode != http.StatusServiceUnavailable || said.Code != api.CodeTooManyConnections {
			t.Errorf("TLS %t: %s %s", secure, answer.Status, body)
		}
		if answer.Header.Get("Retry-After") != "2" || !answer.Close {
			t.Errorf("TLS %t: %v", secure, answer.Header)
		}
		if answer, _ := h.ask(t, secure, "GET", "/", nil, "Accept", "text/html", "Host", "evil.example"); answer.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("TLS %t, of another name: %s", secure, answer.Status)
		}
	}
}

// TestWhoIsToldSoIsBounded: beyond the places, and after a time, it closes without a word.
func TestWhoIsToldSoIsBounded(t *testing.T) {
	h := newHouse(t, Config{})
	h.fill(t)
	var silent []net.Conn
	for range maxRefused {
		silent = append(silent, raw(t, h.addr, ""))
	}
	eventually(t, "all places are taken", func() bool { return len(h.overflow.places) == maxRefused })
	begin := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	conn, err := (&tls.Dialer{Config: h.tls()}).DialContext(ctx, "tcp", h.addr)
	if _, plain := errors.AsType[tls.RecordHeaderError](err); err == nil || plain {
		t.Errorf("who speaks TLS gets %v, %v", conn, err)
	}
	if took := time.Since(begin); took > refuseWithin/2 {
		t.Errorf("closed after %v", took)
	}
	for _, c := range silent {
		if n, err := bufio.NewReader(c).Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("who says nothing gets %d bytes, %v", n, err)
		}
	}
	if took := time.Since(begin); took > 2*refuseWithin {
		t.Errorf("silent ones are closed after %v", took)
	}
	if answer, _ := h.ask(t, true, "GET", "/healthz", nil); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("then it says %s", answer.Status)
	}
}

// TestTheEndOfAFullAgent waits for nobody.
func TestTheEndOfAFullAgent(t *testing.T) {
	h := newHouse(t, Config{})
	h.fill(t)
	raw(t, h.addr, "")
	raw(t, h.addr, "\x16")
	eventually(t, "they are to be told", func() bool { return len(h.overflow.places) == 2 })
	begin := time.Now()
	h.stop()
	if took := time.Since(begin); took > refuseWithin/2 {
		t.Errorf("it took %v", took)
	}
}
