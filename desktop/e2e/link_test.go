//go:build linux

package e2e

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"
)

// slowLink passes TCP on to an address, each byte half a round trip later, and returns
// where. It loses nothing and is as fast as this machine.
func slowLink(t *testing.T, to string, roundTrip time.Duration) string {
	t.Helper()
	return link(t, to, func(piece []byte) time.Duration { return roundTrip / 2 }, 4096)
}

// narrowLink passes so many bytes a second on to an address, and returns where.
func narrowLink(t *testing.T, to string, perSecond int) string {
	t.Helper()
	var mu sync.Mutex
	var free time.Time // when all that went before has passed
	return link(t, to, func(piece []byte) time.Duration {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); free.Before(now) {
			free = now
		}
		free = free.Add(time.Duration(len(piece)) * time.Second / time.Duration(perSecond))
		return time.Until(free)
	}, 1)
}

// link passes TCP on. delay says when a piece may go on, and so many are under way at
// most.
func link(t *testing.T, to string, delay func(piece []byte) time.Duration, most int) string {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var links sync.WaitGroup
	t.Cleanup(func() { stop(); _ = ln.Close(); links.Wait() })
	links.Go(func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			links.Go(func() {
				defer near.Close()
				far, err := new(net.Dialer).DialContext(ctx, "tcp", to)
				if err != nil {
					return
				}
				defer far.Close()
				context.AfterFunc(ctx, func() { _ = near.Close(); _ = far.Close() })
				var ways sync.WaitGroup
				ways.Go(func() { later(far, near, delay, most) })
				ways.Go(func() { later(near, far, delay, most) })
				ways.Wait()
			})
		}
	})
	return ln.Addr().String()
}

// late is what came, and when it may go on.
type late struct {
	data []byte
	at   time.Time
}

// later copies what comes, so much later, until either end is closed.
func later(to, from net.Conn, delay func(piece []byte) time.Duration, most int) {
	pieces := make(chan late, most)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(pieces)
		for {
			piece := make([]byte, 32<<10)
			n, err := from.Read(piece)
			if n > 0 {
				pieces <- late{piece[:n], time.Now().Add(delay(piece[:n]))}
			}
			if err != nil {
				return
			}
		}
	})
	for piece := range pieces {
		time.Sleep(time.Until(piece.at)) // this is what it does
		if _, err := to.Write(piece.data); err != nil {
			_ = from.Close()
		}
	}
	_ = to.Close()
	reading.Wait()
}
