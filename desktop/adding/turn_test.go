package adding

import (
	"context"
	"testing"
	"testing/synctest"
)

// The last address that was typed is the one that is tried, however many waited.
func TestTheLastOneHasTheTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn := newTurn()
		tried := make(chan int, 3)
		add := func(n int) {
			ctx, leave := turn.take(t.Context())
			defer leave()
			if ctx.Err() == nil {
				tried <- n
				<-ctx.Done()
			}
		}
		for n := range 3 {
			go add(n)
			synctest.Wait()
		}
		turn.cancel()
		synctest.Wait()
		close(tried)
		var all []int
		for n := range tried {
			all = append(all, n)
		}
		if len(all) < 2 || all[0] != 0 || all[len(all)-1] != 2 {
			t.Errorf("tried %v", all)
		}
	})
}

func TestWhoWaitsIsCancelledToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn := newTurn()
		first, leaveFirst := turn.take(t.Context())
		var second context.Context
		done := make(chan struct{})
		go func() {
			defer close(done)
			var leave func()
			second, leave = turn.take(t.Context())
			leave()
		}()
		synctest.Wait()
		turn.cancel()
		leaveFirst()
		<-done
		if first.Err() == nil || second.Err() == nil {
			t.Error("one of them goes on")
		}
	})
}
