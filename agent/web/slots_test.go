package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"pigrid/shared/mjpeg"
)

// TestWhoseRequest: only a proxy on this machine may say that it asks for another.
func TestWhoseRequest(t *testing.T) {
	for _, tt := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"192.168.1.5:1", nil, "192.168.1.5"},
		{"192.168.1.5:1", []string{"10.0.0.9"}, "192.168.1.5"},
		{"[::ffff:192.168.1.5]:1", nil, "192.168.1.5"},
		{"[fe80::1%eth0]:1", nil, "fe80::1"},
		{"127.0.0.1:1", nil, "127.0.0.1"},
		{"127.0.0.1:1", []string{"10.0.0.9"}, "10.0.0.9"},
		{"[::1]:1", []string{"1.1.1.1, 10.0.0.9"}, "10.0.0.9"}, // the first is the client's own word
		{"127.0.0.1:1", []string{"1.1.1.1", "10.0.0.9:4711"}, "10.0.0.9"},
		{"127.0.0.1:1", []string{"[fd00::1]:4711"}, "fd00::1"},
		{"127.0.0.1:1", []string{"unknown"}, "127.0.0.1"},
		{"127.0.0.1:1", []string{""}, "127.0.0.1"},
		{"pipe", nil, "invalid IP"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.RemoteAddr = tt.peer
		r.Header["X-Forwarded-For"] = tt.forwarded
		if got := clientOf(r); got.String() != tt.want {
			t.Errorf("%s for %q: %v, want %s", tt.peer, tt.forwarded, got, tt.want)
		}
	}
}

// TestOneClientDoesNotKeepOutOthers: it has all streams, until others come.
func TestOneClientDoesNotKeepOutOthers(t *testing.T) {
	s := newSite(t, Config{MaxViewers: 4})
	watch := func(client string) reply {
		return request(t.Context(), t, "GET", s.url+"/video", "X-Forwarded-For", client)
	}
	const greedy, other = "10.0.0.2", "10.0.0.3"
	var streams []reply
	for range 4 {
		streams = append(streams, watch(greedy))
	}
	if full := watch(greedy); full.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("its fifth stream: %s", full.Status)
	}
	for n, want := range []int{http.StatusOK, http.StatusOK, http.StatusServiceUnavailable} { // then both have two
		if answer := watch(other); answer.StatusCode != want {
			t.Errorf("stream %d of another address: %s", n+1, answer.Status)
		}
	}
	for _, newest := range streams[2:] {
		_, _ = io.Copy(io.Discard, newest.Body) // until it ends
	}
	eventually(t, "nobody is counted twice", func() bool { return s.viewers() == 4 })
	s.hub.Publish(picture(t, 1, 0), time.Now())
	for n, oldest := range streams[:2] {
		parts, err := mjpeg.NewReader(oldest.Body, mjpeg.ContentType)
		if err == nil {
			_, err = parts.Next()
		}
		if err != nil {
			t.Errorf("its stream %d: %v", n+1, err)
		}
	}
}

// TestSnapshotsAtOnce: as many as there are slots wait for a picture; others ask
// again, unless their address has fewer.
func TestSnapshotsAtOnce(t *testing.T) {
	s := newSite(t, Config{})
	type answer struct {
		status, retry int
		body          string
	}
	ask := func(client string) <-chan answer {
		got := make(chan answer, 1)
		go func() {
			r := request(t.Context(), t, "GET", s.url+"/snapshot.jpg?settle=0", "X-Forwarded-For", client)
			body, _ := io.ReadAll(r.Body)
			retry, _ := strconv.Atoi(r.Header.Get("Retry-After"))
			got <- answer{r.StatusCode, retry, string(body)}
		}()
		return got
	}
	const greedy, other = "10.0.0.2", "10.0.0.3"
	var waiting []<-chan answer
	for range maxSnapshots {
		waiting = append(waiting, ask(greedy))
		eventually(t, "it waits", func() bool { return s.viewers() == len(waiting) })
	}
	busy := func(what string, got answer) {
		t.Helper()
		if got.status != http.StatusServiceUnavailable || got.retry == 0 || !strings.Contains(got.body, "snapshots at once") {
			t.Errorf("%s: %+v", what, got)
		}
	}
	busy("one more", <-ask(greedy))
	late := ask(other)
	busy("who makes room", <-waiting[maxSnapshots-1])
	eventually(t, "all slots are taken", func() bool { return s.viewers() == maxSnapshots })
	want := picture(t, 1, 0)
	s.hub.Publish(want, time.Now())
	for _, got := range append(waiting[:maxSnapshots-1], late) {
		if a := <-got; a.status != http.StatusOK || a.body != string(want) {
			t.Errorf("status %d, %d bytes", a.status, len(a.body))
		}
	}
}
