package client

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pigrid/desktop/cameras"
)

// TestANewAddressJoinsTheQuestion: an agent that comes back at another address is
// found there at once, and not when its old addresses have failed.
func TestANewAddressJoinsTheQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := place{fails: cameras.ReasonTimeout, after: 3 * time.Second}
		n := &network{places: map[string]place{"old:1": {id: "me"}, "old:2": gone}}
		w, report := watchOn(t, n.ask, "old:1", "old:2")
		if r := report(); r.Failure != nil {
			t.Fatalf("got %+v", r)
		}
		n.mu.Lock()
		n.places["old:1"] = gone
		n.places["new:1"] = place{id: "me"}
		n.mu.Unlock()
		time.Sleep(pollEvery + 4*time.Second) // it is missed
		w.Poke()
		time.Sleep(10 * time.Millisecond)
		w.Meet("new:1")
		time.Sleep(lostPatience) // in which it may still answer at the old one
		if r := report(); r.Failure != nil || r.Found.At.Addr != "new:1" {
			t.Errorf("got %+v", r)
		}
	})
}

// TestForgedAddressesJoinFewQuestions: who announces addresses makes nobody dial them
// all.
func TestForgedAddressesJoinFewQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &network{places: map[string]place{"old:1": {fails: cameras.ReasonTimeout, after: 3 * time.Second}}}
		w, _ := watchOn(t, n.ask, "old:1")
		for i := range 25 { // of the first question
			time.Sleep(100 * time.Millisecond)
			w.Meet(fmt.Sprintf("forged:%d", i))
		}
		n.mu.Lock()
		defer n.mu.Unlock()
		if got := strings.Join(n.asked, " "); len(n.asked) != 1+maxJoined {
			t.Errorf("asked %s", got)
		}
	})
}

// TestAFailedStreamShortensPatience: where a stream has failed the agent is waited for
// no longer than one that was missed.
func TestAFailedStreamShortensPatience(t *testing.T) {
	for _, failed := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			n := &network{places: map[string]place{"old:1": {id: "me"}}, start: time.Now()}
			w, report := watchOn(t, n.ask, "old:1")
			time.Sleep(pollEvery / 2)
			n.mu.Lock()
			n.places["old:1"] = place{fails: cameras.ReasonTimeout, after: 3 * time.Second}
			n.places["new:1"] = place{id: "me"}
			n.mu.Unlock()
			if failed {
				w.Doubt()
			}
			w.Meet("new:1")
			time.Sleep(hintEvery + lostPatience)
			if moved := report().Found.At.Addr == "new:1"; moved != failed {
				t.Errorf("a stream failed: %v, moved: %v", failed, moved)
			}
		})
	}
}
