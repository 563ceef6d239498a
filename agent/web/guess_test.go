package web

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"pigrid/shared/household"
)

// Ten thousand wrong passwords from one address: nearly all are refused as too many,
// and the right one from there is taken at any time.
func TestTenThousandGuesses(t *testing.T) {
	h := newHouse(t, Config{})
	h.lock(t)
	h.pacer.each = 1 << 20
	handler := h.Handler(t.Context())
	ask := func(password string) int {
		r := httptest.NewRequest(http.MethodGet, "http://pi/cameras", nil)
		r.SetBasicAuth("x", password)
		return answerTo(handler, r).Code
	}
	count := map[int]int{}
	for n := range 10_000 {
		count[ask(household.NewViewPassword().Reveal())]++
		if n%1000 == 0 && ask(h.view.Reveal()) != http.StatusOK {
			t.Errorf("after %d wrong ones the right one is refused", n)
		}
	}
	if count[http.StatusOK] > 0 || count[http.StatusUnauthorized] > 60 || count[http.StatusTooManyRequests] < 9_900 {
		t.Errorf("%v", count)
	}
}

// trickle sends a byte at a time.
type trickle struct {
	net.Conn
	pause time.Duration
	stop  <-chan struct{}
}

func (c trickle) Write(b []byte) (int, error) {
	for i := range b {
		if _, err := c.Conn.Write(b[i : i+1]); err != nil {
			return i, err
		}
		select {
		case <-time.After(c.pause):
		case <-c.stop:
			return i + 1, io.ErrClosedPipe
		}
	}
	return len(b), nil
}

// A handshake of a byte a second is given up when the time for a request's header is
// over, and others are answered meanwhile.
func TestASlowHandshakeIsGivenUp(t *testing.T) {
	wait := usualPatience()
	wait.header = 300 * time.Millisecond
	h := newHouseWith(t, Config{}, wait)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", h.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(stop)
	done := make(chan error, 1)
	wg.Go(func() {
		done <- tls.Client(trickle{conn, 20 * time.Millisecond, stop}, h.tls()).HandshakeContext(t.Context())
	})
	if answer, _ := h.ask(t, true, "GET", "/healthz", nil); answer.StatusCode != http.StatusOK {
		t.Error(answer.Status)
	}
	select {
	case err := <-done:
		if err == nil {
			t.Error("it was finished")
		}
	case <-time.After(10 * time.Second):
		t.Error("it is waited for")
	}
}

// Many handshakes of one address wait, and one of another address does not.
func TestHandshakesArePaced(t *testing.T) {
	p := pacer{each: handshakesEach}
	now := time.Now()
	mine, other := addrOf("192.168.1.2:1"), addrOf("192.168.1.3:1")
	var last time.Duration
	for range 3 * handshakesEach {
		last = p.wait(mine, now)
	}
	if last < time.Second || p.wait(other, now) > 0 {
		t.Errorf("the last waits %v", last)
	}
}
