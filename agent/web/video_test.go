package web

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"pigrid/shared/mjpeg"
)

func TestVideoDeliversEveryFrameBitExact(t *testing.T) {
	s := newSite(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, path := range []string{"/video", "/cameras/porch/video", "/stream", "/?action=stream", "/video?advance=1"} {
		answer := request(ctx, t, "GET", s.url+path)
		if got := answer.Header.Get("Content-Type"); got != "multipart/x-mixed-replace; boundary=pigridframe" {
			t.Fatalf("%s: Content-Type %q", path, got)
		}
		r, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the viewer has joined", func() bool { return s.viewers() > 0 })
		for n := range 5 {
			want := picture(t, byte(n), 100*n)
			s.hub.Publish(want, time.Now())
			f, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(f.JPEG, want) {
				t.Fatalf("%s: frame %d is not the one published", path, n)
			}
		}
		s.hub.Clear()
		_ = answer.Body.Close()
		eventually(t, "the viewer has left", func() bool { return s.viewers() == 0 })
	}
}

// raw sends bytes and returns the connection.
func raw(t *testing.T, addr, text string) net.Conn {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second)) // a test that hangs says nothing
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestVideoBytesOnTheWire(t *testing.T) {
	s := newSite(t, Config{})
	jpeg := picture(t, 9, 0)
	at := time.Unix(1700000000, 5000)
	tests := []struct {
		request, status, part string
	}{
		{
			"GET /video HTTP/1.1\r\nHost: pi\r\nAccept: */*\r\n\r\n", "HTTP/1.1 200 OK",
			fmt.Sprintf("--pigridframe\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\nX-Timestamp: 1700000000.000005\r\n\r\n%s\r\n--pigridframe\r\n", len(jpeg), jpeg),
		},
		{
			"GET /video HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK",
			fmt.Sprintf("--pigridframe\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\nX-Timestamp: 1700000000.000005\r\n\r\n%s\r\n--pigridframe\r\n", len(jpeg), jpeg),
		},
		{
			"GET /video HTTP/1.1\r\nHost: pi\r\nAccept: image/avif,image/webp,*/*\r\n\r\n", "HTTP/1.1 200 OK",
			fmt.Sprintf("--pigridframe\r\nContent-Type: image/jpeg\r\n\r\n%s\r\n--pigridframe\r\nContent-Type: image/jpeg\r\n\r\n", jpeg),
		},
	}
	for _, tt := range tests {
		conn := raw(t, s.addr, tt.request)
		r := bufio.NewReader(conn)
		head := readHead(t, r)
		if !strings.HasPrefix(head, tt.status+"\r\n") {
			t.Errorf("answer begins %q, want %q", head[:20], tt.status)
		}
		for _, line := range []string{"Cache-Control: no-store", "X-Accel-Buffering: no", "X-Content-Type-Options: nosniff", "Connection: close"} {
			if !strings.Contains(head, "\r\n"+line+"\r\n") {
				t.Errorf("%q is missing in %q", line, head)
			}
		}
		boundary := make([]byte, len(mjpeg.Opening)) // there before any frame
		if _, err := io.ReadFull(r, boundary); err != nil || string(boundary) != mjpeg.Opening {
			t.Fatalf("first boundary is %q, %v", boundary, err)
		}
		eventually(t, "the viewer has joined", func() bool { return s.viewers() == 1 })
		s.hub.Publish(jpeg, time.Now()) // an old frame would not be shown to a new viewer
		skipPart(t, r, tt.part, len(boundary), at)
		s.hub.Clear()
		_ = conn.Close()
		eventually(t, "the viewer has left", func() bool { return s.viewers() == 0 })
	}
}

func readHead(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	var head strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		head.WriteString(line)
		if line == "\r\n" {
			return head.String()
		}
	}
}

// skipPart compares the next part with want, the timestamp excepted.
func skipPart(t *testing.T, r *bufio.Reader, want string, from int, at time.Time) {
	t.Helper()
	want = want[from:]
	got := make([]byte, len(want))
	if _, err := io.ReadFull(r, got); err != nil {
		t.Fatal(err)
	}
	stamp := fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000)
	if i := strings.Index(want, stamp); i >= 0 {
		copy(got[i:i+len(stamp)], stamp)
	}
	if string(got) != want {
		t.Errorf("part is %q…, want %q…", got[:min(120, len(got))], want[:min(120, len(want))])
	}
}

func TestAViewerThatLeavesIsNoticed(t *testing.T) {
	s := newSite(t, Config{})
	conn := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n")
	eventually(t, "joined", func() bool { return s.viewers() == 1 })
	_ = conn.Close() // no frame is ever published
	eventually(t, "left", func() bool { return s.viewers() == 0 })
}

func TestHeadAnswersWithoutDemand(t *testing.T) {
	s := newSite(t, Config{})
	for _, path := range []string{"/video", "/snapshot.jpg", "/", "/api/v1/status", "/cameras"} {
		answer := request(t.Context(), t, "HEAD", s.url+path)
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") == "" {
			t.Errorf("HEAD %s: %s, %v", path, answer.Status, answer.Header)
		}
	}
	if n := s.viewers(); n != 0 {
		t.Errorf("%d viewers after HEAD", n)
	}
}

func TestASlowViewerHoldsNobodyUp(t *testing.T) {
	s := newSite(t, Config{})
	slow := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n") // never reads
	eventually(t, "joined", func() bool { return s.viewers() == 1 })
	answer := request(t.Context(), t, "GET", s.url+"/video")
	r, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "joined", func() bool { return s.viewers() == 2 })
	big := picture(t, 1, 400_000)
	for range 60 { // 24 MB: far more than any socket holds
		s.hub.Publish(big, time.Now())
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	_ = answer.Body.Close()
	_ = slow.Close()
	eventually(t, "skips are counted", func() bool { return s.viewers() == 0 })
}

func TestASlowViewerSkipsAndGoesOnWithTheNewest(t *testing.T) {
	s := newSite(t, Config{})
	conn := raw(t, s.addr, "GET /video HTTP/1.1\r\nHost: pi\r\n\r\n")
	eventually(t, "joined", func() bool { return s.viewers() == 1 })
	const n = 40
	for i := range n {
		s.hub.Publish(picture(t, byte(i), 400_000), time.Now())
	}
	br := bufio.NewReader(conn)
	readHead(t, br)
	r, err := mjpeg.NewReader(br, mjpeg.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	last := picture(t, n-1, 400_000)
	seen := 0
	for {
		f, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		seen++
		if bytes.Equal(f.JPEG, last) {
			break
		}
	}
	if skipped := s.hub.Status(time.Now()).Skipped; seen == n || skipped != uint64(n-seen) {
		t.Errorf("saw %d of %d frames, %d counted as skipped", seen, n, skipped)
	}
	_ = conn.Close()
}

func TestTheEndClosesStreams(t *testing.T) {
	s := newSite(t, Config{})
	answer := request(t.Context(), t, "GET", s.url+"/video")
	eventually(t, "joined", func() bool { return s.viewers() == 1 })
	start := time.Now()
	s.stop()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !strings.Contains(err.Error(), "reset") {
		t.Error(err)
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestMaxViewers(t *testing.T) {
	s := newSite(t, Config{MaxViewers: 2})
	a := request(t.Context(), t, "GET", s.url+"/video")
	request(t.Context(), t, "GET", s.url+"/video")
	full := request(t.Context(), t, "GET", s.url+"/video")
	body, _ := io.ReadAll(full.Body)
	if full.StatusCode != http.StatusServiceUnavailable || full.Header.Get("Retry-After") == "" || !strings.Contains(string(body), "--max-viewers") {
		t.Errorf("third viewer: %s %v %s", full.Status, full.Header, body)
	}
	_ = a.Body.Close()
	eventually(t, "a place is free", func() bool {
		return request(t.Context(), t, "GET", s.url+"/video").StatusCode == http.StatusOK
	})
}

func TestRate(t *testing.T) {
	s := newSite(t, Config{})
	answer := request(t.Context(), t, "GET", s.url+"/video?fps=15")
	r, err := mjpeg.NewReader(answer.Body, answer.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "joined", func() bool { return s.viewers() == 1 })
	start := time.Now()
	for n := range 12 {
		s.hub.Publish(picture(t, byte(n), 0), start.Add(time.Duration(n)*time.Second/30))
		if n%2 == 1 {
			continue
		}
		f, err := r.Next()
		if err != nil || !bytes.Equal(f.JPEG, picture(t, byte(n), 0)) {
			t.Fatalf("frame %d of 30 per second was not shown at 15 (%v)", n, err)
		}
	}
	for _, bad := range []string{"0", "-1", "NaN", "Inf", "121", "x", "1e9"} {
		if answer := request(t.Context(), t, "GET", s.url+"/video?fps="+bad); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("fps=%s: %s", bad, answer.Status)
		}
	}
}

func FuzzParseFPS(f *testing.F) {
	for _, s := range []string{"", "15", "0.1", "NaN", "1e-320", "+Inf", "0x10", "１５"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if fps, err := parseFPS(text); err == nil && text != "" && !(fps >= minFPS && fps <= maxFPS) {
			t.Fatalf("%q is taken as %v", text, fps)
		}
	})
}
