package gridapi

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pigrid/desktop/cameras"
)

// TestHiddenCamerasStayHidden, and those that fill their tiles: over a restart, also
// while their Pi is off, and until they are forgotten.
func TestHiddenCamerasStayHidden(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "x", "y")
	x, y := cameras.Key(idA, "x"), cameras.Key(idA, "y")
	d := startDesk(t, remembering(t), nil)
	server := serve(t, d)
	post(t, server+"/call/add", Call{Address: a.addr})
	for _, c := range []struct {
		command string
		key     string
		on      bool
		hidden  bool // x
		fill    bool // y
	}{
		{"hide", x, true, true, false},
		{"fill", y, true, true, true},
		{"hide", "agent:nobody/x", true, true, true},
		{"hide", x, false, false, true},
		{"fill", y, false, false, false},
		{"hide", x, true, true, false},
		{"fill", y, true, true, true},
	} {
		got := post(t, server+"/call/"+c.command, Call{Key: c.key, On: c.on})
		if got.State == nil || len(got.State.Cameras) != 2 {
			t.Fatalf("%s answers %+v", c.command, got)
		}
		if one, two := got.State.Cameras[0], got.State.Cameras[1]; one.Hidden != c.hidden || one.Fill || two.Fill != c.fill || two.Hidden {
			t.Fatalf("after %+v: %+v and %+v", c, one, two)
		}
	}
	d.stop(t)
	a.kill()

	again := startDesk(t, d.path, nil)
	if !again.camera(x).Hidden || !again.camera(y).Fill {
		t.Fatalf("after a restart: %+v", again.State().Cameras)
	}
	again.Forget(x) // both: the address was typed
	a.start()
	again.Add(a.addr)
	again.look(t)
	again.eventually(t, 10*time.Second, x, cameras.Live)
	if again.camera(x).Hidden || again.camera(y).Fill {
		t.Errorf("after it was forgotten: %+v", again.State().Cameras)
	}
}

// TestMovedCamerasKeepTheirPlaces: over a restart, under another name, and among new ones.
func TestMovedCamerasKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "a", "b", "c")
	d := startDesk(t, remembering(t), nil)
	server := serve(t, d)
	key := func(camera string) string { return cameras.Key(idA, camera) }
	order := func(s *State) string {
		var ids []string
		for _, c := range s.Cameras {
			_, id, _ := cameras.SplitKey(c.Key)
			ids = append(ids, id)
		}
		return strings.Join(ids, " ")
	}
	post(t, server+"/call/add", Call{Address: a.addr})
	if got := order(post(t, server+"/call/move", Call{Key: key("c"), Before: key("a")}).State); got != "c a b" {
		t.Fatalf("moved to the front: %s", got)
	}
	if got := order(post(t, server+"/call/move", Call{Key: key("a")}).State); got != "c b a" {
		t.Fatalf("moved to the end: %s", got)
	}
	post(t, server+"/call/mount", Call{Key: key("a"), Name: "Aaa"})
	if got := order(post(t, server+"/call/hide", Call{Key: key("b"), On: true}).State); got != "c b a" {
		t.Errorf("under another name, and hidden: %s", got)
	}
	d.stop(t)

	again := startDesk(t, d.path, nil)
	other := newAgent(t, idB, "Attic", "x")
	again.Add(other.addr)
	if now := again.State(); order(&now) != "c b a x" {
		t.Errorf("after a restart, with a new one: %s", order(&now))
	}
}

// TestViewsAreKept with their cameras, order and layout, also while these are away.
func TestViewsAreKept(t *testing.T) {
	t.Parallel()
	a := newAgent(t, idA, "Garage", "a", "b", "c")
	d := startDesk(t, remembering(t), nil)
	server := serve(t, d)
	key := func(camera string) string { return cameras.Key(idA, camera) }
	post(t, server+"/call/add", Call{Address: a.addr})
	if s := post(t, server+"/frames", Question{}).State; s.Layout != "" || s.Views == nil || len(s.Views) != 0 {
		t.Fatalf("at first: %+v", s)
	}
	call := func(command string, c Call) *State { return post(t, server+"/call/"+command, c).State }
	call("saveView", Call{Name: "Cars", Keys: []string{key("a"), key("c"), key("c")}})
	call("saveView", Call{Name: "Spare", Keys: []string{key("b")}})
	call("saveView", Call{View: "Cars", Name: "Garage", Keys: []string{key("a"), key("c")}, Layout: "focus"})
	call("move", Call{View: "Garage", Key: key("c"), Before: key("a")})
	call("layout", Call{Layout: "focus"})
	now := call("removeView", Call{View: "Spare"})
	want := []View{{"Garage", []string{key("c"), key("a")}, "focus"}}
	if !reflect.DeepEqual(now.Views, want) || now.Layout != "focus" || now.Cameras[0].Key != key("a") {
		t.Fatalf("got %+v, layout %q", now.Views, now.Layout)
	}
	d.stop(t)
	a.kill()
	if again := startDesk(t, d.path, nil).State(); !reflect.DeepEqual(again.Views, want) || again.Layout != "focus" {
		t.Errorf("after a restart: %+v, layout %q", again.Views, again.Layout)
	}
}

// TestTheViewThatIsShown is kept over a restart. One that the program is started with is
// shown until a person chooses another one, and kept by nobody.
func TestTheViewThatIsShown(t *testing.T) {
	t.Parallel()
	d := startDesk(t, remembering(t), nil)
	server := serve(t, d)
	call := func(command string, c Call) *State { return post(t, server+"/call/"+command, c).State }
	for _, name := range []string{"Door", "Hall"} {
		if s := call("saveView", Call{Name: name}); s.View != "" {
			t.Fatalf("a view that is saved is shown: %q", s.View)
		}
	}
	if s := call("showView", Call{View: "Door"}); s.View != "Door" || s.Notice != "" {
		t.Fatalf("shown: %q, notice %q", s.View, s.Notice)
	}
	d.stop(t)

	d = startDesk(t, d.path, nil)
	if s := d.State(); s.View != "Door" {
		t.Errorf("after a restart: %q", s.View)
	}
	server = serve(t, d)
	d.OpenView("Hall")
	if s := d.State(); s.View != "Hall" {
		t.Errorf("--view Hall: %q", s.View)
	}
	d.OpenView("Attic")
	if s := d.State(); s.View != "" || s.Notice != "There is no view called “Attic” on this computer, so all cameras are shown." {
		t.Errorf("--view Attic: %q, notice %q", s.View, s.Notice)
	}
	d.stop(t)

	d = startDesk(t, d.path, nil)
	if s := d.State(); s.View != "Door" || s.Notice != "" {
		t.Errorf("without --view again: %q, notice %q", s.View, s.Notice)
	}
	server = serve(t, d)
	d.OpenView("Attic")
	if s := call("showView", Call{}); s.View != "" || s.Notice != "" {
		t.Errorf("a person chose all cameras: %q, notice %q", s.View, s.Notice)
	}
	d.OpenView("Hall")
	d.Kiosk()
	if s := call("showView", Call{View: "Door"}); s.View != "Door" {
		t.Errorf("a key of a kiosk: %q", s.View)
	}
	d.stop(t)
	if s := startDesk(t, d.path, nil).State(); s.View != "" {
		t.Errorf("a kiosk kept %q", s.View)
	}
}
