package tasks

import (
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGroupEndsAll(t *testing.T) {
	g := NewGroup()
	ended := false
	g.Go(func() { <-g.Context().Done(); ended = true })
	if !g.Stop(time.Minute) || !ended {
		t.Error("Stop did not wait")
	}
	g.Go(func() { t.Error("started after Stop") })
	if !g.Stop(time.Minute) {
		t.Error("the second Stop found something running")
	}
}

func TestStopGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, end := NewGroup(), make(chan struct{})
		g.Go(func() { <-end })
		begin := time.Now()
		if g.Stop(time.Second) || time.Since(begin) != time.Second {
			t.Error("Stop does not say that something still runs")
		}
		close(end)
	})
}

func TestSignalWakesAllThatWait(t *testing.T) {
	var s Signal
	s.Notify() // nobody waits
	first, same := s.Wait(), s.Wait()
	s.Notify()
	<-first
	<-same
	select {
	case <-s.Wait():
		t.Error("who waits afterwards was woken")
	default:
	}
}
