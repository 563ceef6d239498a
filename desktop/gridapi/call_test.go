package gridapi

import (
	"testing"
	"time"

	"pigrid/desktop/cameras"
)

// TestCommandsAnswerWithTheStateAfterThem, whole, so that the page shows at once what
// a click did.
func TestCommandsAnswerWithTheStateAfterThem(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x", "y")
	d := startDesk(t, "", nil)
	server := serve(t, d)
	call := func(command string, c Call) Answer { return post(t, server+"/call/"+command, c) }

	added := call("add", Call{Address: a.addr})
	if r := added.Result; r == nil || !r.OK || len(r.Keys) != 2 || added.State == nil || len(added.State.Cameras) != 2 {
		t.Fatalf("add: %+v", added)
	}
	refused := call("add", Call{Address: "not an address"})
	if r := refused.Result; r == nil || r.OK || r.Reason != cameras.ReasonBadAddress || refused.State == nil {
		t.Errorf("add: %+v", refused)
	}
	for _, command := range []string{"retry", "cancelAdd", "search", "stopSearch"} {
		if got := call(command, Call{}); got.State == nil || got.Result != nil || len(got.State.Cameras) != 2 {
			t.Errorf("%s: %+v", command, got)
		}
	}
	for _, command := range []string{"forget", "forgetAgent"} {
		got := call(command, Call{Key: cameras.Key(idA, "x")}) // all of an agent that was added
		if got.State == nil || len(got.State.Cameras) != 0 || got.Number <= added.Number {
			t.Errorf("%s: %+v", command, got)
		}
		added = call("add", Call{Address: a.addr})
	}
}

// TestTheStateComesWithThePictures: once, and at once when it changes.
func TestTheStateComesWithThePictures(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	a.frames = false // only the state ends a question
	d := startDesk(t, "", nil)
	server := serve(t, d)
	first := post(t, server+"/frames", Question{})
	if first.State == nil || len(first.State.Cameras) != 0 {
		t.Fatalf("got %+v", first)
	}
	if again := post(t, server+"/frames", Question{State: first.Number}); again.State != nil || again.Number != first.Number {
		t.Errorf("the same once more: %+v", again)
	}
	d.Add(a.addr)
	key := cameras.Key(idA, "x")
	known := post(t, server+"/frames", Question{}).Number
	eventually(t, 10*time.Second, "a held question ends with a new state", func() bool {
		begin := time.Now()
		got := post(t, server+"/frames", Question{State: known, Want: []Want{{Key: key}}})
		known = got.Number
		return got.State != nil && time.Since(begin) < pullWait
	})
}

// TestAPageThatWantsNothingLooksAtNothing, however often it asks for the state.
func TestAPageThatWantsNothingLooksAtNothing(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x")
	d := startDesk(t, "", nil)
	server := serve(t, d)
	d.Add(a.addr)
	key := cameras.Key(idA, "x")
	d.eventually(t, 5*time.Second, key, cameras.Live)
	eventually(t, 20*time.Second, "nobody looks", func() bool {
		begin := time.Now()
		post(t, server+"/frames", Question{})
		if took := time.Since(begin); took > pullWait {
			t.Errorf("it was held for %v", took)
		}
		return d.camera(key).State == cameras.Paused
	})
}
