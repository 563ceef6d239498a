package announce

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"pigrid/shared/dnssd"
)

// TestRealRegistration registers over real sockets, on loopback only: what
// zeroconf makes of our arguments is its own affair in every other test.
func TestRealRegistration(t *testing.T) {
	all, err := dnssd.Links()
	lo := slices.IndexFunc(all, dnssd.Link.Loopback)
	if err != nil || lo < 0 {
		t.Skipf("no loopback interface: %v", err)
	}
	lines := make(lineChan, 10)
	a := New(Config{Logger: slog.New(slog.NewTextHandler(lines, nil)), ID: testID, Port: 8080, Interface: all[lo].Name})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error)
	go func() { done <- a.Run(ctx) }()
	select {
	case <-lines:
	case <-time.After(5 * time.Second):
		t.Error("nothing happened")
	}
	if got := a.Announced(); len(got) != 1 || got[0].Interface != all[lo].Name {
		t.Errorf("announced on %v", got)
	}
	// zeroconf races its own readers' start when it is shut down in the first
	// milliseconds; nothing tells when they run
	<-time.After(100 * time.Millisecond)
	stop := time.Now()
	cancel()
	if err := <-done; err != nil || time.Since(stop) > 500*time.Millisecond {
		t.Errorf("Run: %v after %v", err, time.Since(stop))
	}
	if got := a.Announced(); len(got) != 0 {
		t.Errorf("still announced on %v", got)
	}
}

// lineChan hands every log line to the test.
type lineChan chan string

func (c lineChan) Write(p []byte) (int, error) {
	c <- string(p)
	return len(p), nil
}
