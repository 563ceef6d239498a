package web

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"pigrid/agent/frames"
)

// TestAddressesOfMJPGStreamer are tried as programs write them.
func TestAddressesOfMJPGStreamer(t *testing.T) {
	s := newSite(t, Config{})
	second := frames.NewHub(frames.Camera{ID: "door", Name: "Door", Framerate: 30})
	s.cfg.Cameras.Add(second)
	first, other := picture(t, 1, 0), picture(t, 2, 700)
	show := func() {
		s.hub.Publish(first, time.Now())
		second.Publish(other, time.Now())
	}
	s.hub.Publish(first, time.Now().Add(-2*time.Second)) // their exposure has settled
	second.Publish(other, time.Now().Add(-2*time.Second))
	show()
	for query, want := range map[string][]byte{
		"action=snapshot": first, "action=snapshot?1700000000": first, "action=snapshot&n=1": first, "ACTION=Snapshot": first,
		"action=snapshot_0": first, "action=snapshot_1": other, "action=snapshot;x": first, "action=snapshot%": first, "action=snapshot%zz?a=b": first,
		"dummy=1&action=snapshot": first, "x?action=snapshot": first, "action=snapshot/": first, "action=snapshot_x": first,
	} {
		// As some programs write them no URL can be: the bytes are sent as they are.
		answer := asWritten(t, s.addr, "/?"+query)
		body, err := io.ReadAll(answer.Body)
		if err != nil || !bytes.Equal(body, want) {
			t.Errorf("%s: %s, %d bytes of %s, error %v; want %d bytes", query, answer.Status, len(body), answer.Header.Get("Content-Type"), err, len(want))
		}
	}
	for query, want := range map[string][]byte{
		"action=stream": first, "action=stream?dummy=param.mjpg": first, "action=stream_0": first, "action=stream_1?x": other, "Action=STREAM": first,
		"action=stream&fps=5": first, "?action=stream": first,
	} {
		show()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		answer := request(ctx, t, "GET", s.url+"/?"+query)
		if kind := answer.Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/x-mixed-replace") {
			t.Errorf("%s: %s, %s", query, answer.Status, kind)
		} else if !reads(answer.Body, want) {
			t.Errorf("%s: the picture did not come", query)
		}
		cancel()
	}
	for query, want := range map[string]int{
		"action=snapshot_2": http.StatusNotFound, "action=stream_999": http.StatusNotFound,
		"action=command": http.StatusOK, "": http.StatusOK, "noaction=stream": http.StatusOK, "action=": http.StatusOK,
	} {
		answer := request(t.Context(), t, "GET", s.url+"/?"+query, "Accept", "text/html")
		if kind := answer.Header.Get("Content-Type"); answer.StatusCode != want || !strings.HasPrefix(kind, "text/html") {
			t.Errorf("%s: %s, %s; want a page with %d", query, answer.Status, kind, want)
		}
	}
}

// asWritten sends a request line as it is.
func asWritten(t *testing.T, addr, target string) reply {
	t.Helper()
	conn := raw(t, addr, "GET "+target+" HTTP/1.1\r\nHost: pi\r\nConnection: close\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return reply{answer}
}

// reads reports whether a body carries these bytes before it has carried a MB.
func reads(body io.Reader, want []byte) bool {
	var got bytes.Buffer
	for piece := make([]byte, 4096); got.Len() < 1<<20; {
		n, err := body.Read(piece)
		got.Write(piece[:n])
		if bytes.Contains(got.Bytes(), want) {
			return true
		}
		if err != nil {
			return false
		}
	}
	return false
}

func FuzzAction(f *testing.F) {
	for _, query := range []string{"action=stream", "action=snapshot?1700000000", "a&action=stream_1;", "ACTION=SNAPSHOT_999", "action=stream_99999999999999999999", "\xff%"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		what, camera := actionOf(query)
		if what != "" && what != "stream" && what != "snapshot" || camera < 0 || camera > 999 || what == "" && camera != 0 {
			t.Fatalf("%q is %q of camera %d", query, what, camera)
		}
	})
}
