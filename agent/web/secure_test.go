package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
)

// tlsViewer opens a stream over TLS and reads nothing of it.
func tlsViewer(t *testing.T, h *house) *tls.Conn {
	t.Helper()
	raw, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", h.addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = raw.(*net.TCPConn).SetReadBuffer(4 << 10)
	conn := tls.Client(raw, h.tls())
	t.Cleanup(func() { _ = raw.Close() })
	if _, err := io.WriteString(conn, "GET /video HTTP/1.1\r\nHost: pi\r\nAuthorization: "+h.bearer()+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	return conn
}

// A viewer over TLS that takes nothing holds up neither the end of the program nor a
// change of who may watch.
func TestViewersThatTakeNothingAreEndedAtOnce(t *testing.T) {
	h := newHouse(t, Config{})
	h.lock(t)
	large := picture(t, 9, 1<<20)
	defer publishing(h.hub, 10*time.Millisecond, func(int) []byte { return large })()
	blocked := func() {
		t.Helper()
		for range 5 {
			tlsViewer(t, h)
		}
		eventually(t, "they watch", func() bool { return h.viewers() == 5 })
		before := h.frames() // more than sockets hold
		eventually(t, "they are behind", func() bool { return h.frames() > before+30 })
	}
	blocked()
	begin := time.Now()
	if r := h.guard.SetPasswords(api.Passwords{Passwords: h.claimBody().Passwords}); r != nil {
		t.Fatal(r)
	}
	eventually(t, "nobody watches", func() bool { return h.viewers() == 0 })
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("a change took %v", took)
	}
	blocked()
	begin = time.Now()
	h.stop()
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("the end took %v", took)
	}
}

// frames is how many the camera has given.
func (s *site) frames() uint64 { return s.hub.Status(time.Now()).Frames }

// Connections that only begin a handshake do not keep out who finishes one.
func TestHandshakesThatEndAtOnce(t *testing.T) {
	h := newHouse(t, Config{})
	for range 300 {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", h.addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte{tlsHello})
		_ = conn.Close()
	}
	begin := time.Now()
	eventually(t, "a handshake works", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		conn, err := (&tls.Dialer{Config: h.tls()}).DialContext(ctx, "tcp", h.addr)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// The login page reads no body but the form that a browser sends.
func TestLoginReadsNoUploads(t *testing.T) {
	h := newHouse(t, Config{})
	h.lock(t)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"next": "/cameras", "password": h.view.Reveal()} {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	_ = form.Close()
	for _, method := range []string{"GET", "POST"} {
		answer, page := h.ask(t, false, method, "/login", body.String(), "Content-Type", form.FormDataContentType(), "Accept", "text/html")
		if strings.Contains(page, "/cameras") || answer.Header.Get("Location") != "" || len(answer.Cookies()) > 0 {
			t.Errorf("%s: an upload was read: %s %s", method, answer.Status, page)
		}
	}
}

// A snapshot that was asked for before the agent was locked is not answered after it.
func TestAWaitingSnapshotIsRefusedWhenLocked(t *testing.T) {
	h := newHouse(t, Config{})
	status := make(chan int, 1)
	go func() {
		answer, _ := h.ask(t, false, "GET", "/snapshot.jpg", nil)
		status <- answer.StatusCode
	}()
	eventually(t, "it waits", func() bool { return h.hub.Status(time.Now()).Viewers == 1 })
	h.lock(t)
	h.hub.Publish(picture(t, 9, 0), time.Now())
	if got := <-status; got != http.StatusUnauthorized {
		t.Errorf("answered with %d", got)
	}
}

// A browser that is sent to the page with ?key= is logged in, and the password leaves
// the address.
func TestAKeyInTheAddressOfThePage(t *testing.T) {
	h := newHouse(t, Config{})
	h.lock(t)
	answer, _ := h.ask(t, false, "GET", "/?key="+h.view.Reveal(), nil, "Accept", "text/html")
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/" || len(answer.Cookies()) != 1 {
		t.Fatal(answer.Status, answer.Header)
	}
	c := answer.Cookies()[0]
	if answer, _ := h.ask(t, false, "GET", "/", nil, "Accept", "text/html", "Cookie", c.Name+"="+c.Value); answer.StatusCode != http.StatusOK {
		t.Error(answer.Status)
	}
	if answer, _ := h.ask(t, false, "GET", "/?key="+household.NewViewPassword().Reveal(), nil, "Accept", "text/html"); answer.StatusCode != http.StatusUnauthorized {
		t.Error(answer.Status)
	}
}
