package arrange

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"pigrid/desktop/settings"
)

func TestHideAndFill(t *testing.T) {
	t.Parallel()
	a := New(settings.Arrangement{Hidden: []string{"a"}})
	before := a.Now()
	a.Hide("b", true)
	a.Hide("b", true)
	a.Hide("a", false)
	a.Fill("c", true)
	if now := a.Now(); !slices.Equal(now.Hidden, []string{"b"}) || !slices.Equal(now.Fill, []string{"c"}) {
		t.Errorf("got %+v", now)
	}
	if !slices.Equal(before.Hidden, []string{"a"}) {
		t.Errorf("what was read before has changed: %+v", before)
	}
	a.Forget([]string{"b", "c"})
	if now := a.Now(); len(now.Hidden) != 0 || len(now.Fill) != 0 {
		t.Errorf("after it was forgotten: %+v", now)
	}
}

// TestListsAreBounded: the oldest leaves.
func TestListsAreBounded(t *testing.T) {
	t.Parallel()
	a := New(settings.Arrangement{})
	for i := range settings.MaxArranged + 2 {
		a.Hide(fmt.Sprint(i), true)
	}
	if hidden := a.Now().Hidden; len(hidden) != settings.MaxArranged || hidden[0] != "2" {
		t.Errorf("%d, the first is %s", len(hidden), hidden[0])
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	a := New(settings.Arrangement{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			a.Hide(fmt.Sprint(i), true)
			_ = a.Now()
			a.Fill(fmt.Sprint(i), true)
		})
	}
	wg.Wait()
	if now := a.Now(); len(now.Hidden) != 8 || len(now.Fill) != 8 {
		t.Errorf("got %+v", now)
	}
}

func TestMove(t *testing.T) {
	t.Parallel()
	byName := []string{"a", "b", "c", "d"}
	for _, c := range []struct {
		name, key, before string
		order, shown      []string
		want              string
	}{
		{"the first move makes an order", "c", "a", nil, byName, "c a b d"},
		{"to the end", "a", "", nil, byName, "b c d a"},
		{"one that is new stands last", "b", "c", []string{"d", "c"}, []string{"b", "c", "d", "e"}, "d b c e"},
		{"those that are away keep their places", "a", "d", []string{"x", "a", "y", "d"}, byName, "x y a d b c"},
		{"before one that is gone: last", "a", "gone", nil, byName, "b c d a"},
		{"before itself", "a", "a", []string{"b", "a"}, byName, "b a"},
		{"one that is not there", "gone", "a", []string{"b", "a"}, byName, "b a"},
	} {
		a := New(settings.Arrangement{Order: slices.Clone(c.order)})
		a.Move(c.key, c.before, c.shown)
		if got := strings.Join(a.Now().Order, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	list := []string{"a", "b", "c", "d"}
	Sort(list, []string{"d", "gone", "b"}, func(s string) string { return s })
	if got := strings.Join(list, " "); got != "d b a c" {
		t.Errorf("got %s", got)
	}
}

// TestTheOrderIsBounded: cameras that are not there leave it first.
func TestTheOrderIsBounded(t *testing.T) {
	t.Parallel()
	var away []string
	for i := range settings.MaxArranged {
		away = append(away, fmt.Sprint("away", i))
	}
	a := New(settings.Arrangement{Order: away})
	a.Move("b", "a", []string{"a", "b"})
	if got := a.Now().Order; !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("%d keys", len(got))
	}
}

func TestNotify(t *testing.T) {
	t.Parallel()
	a := New(settings.Arrangement{Notify: []string{"a"}})
	a.Notify("b", true)
	a.Notify("c", true)
	a.Notify("a", false)
	a.Forget([]string{"c"})
	if now := a.Now(); !slices.Equal(now.Notify, []string{"b"}) {
		t.Errorf("got %+v", now)
	}
}

// TestTake: what another computer has comes first, and nothing of this one is lost.
func TestTake(t *testing.T) {
	t.Parallel()
	a := New(settings.Arrangement{
		Hidden: []string{"a"}, Fill: []string{"b"}, Notify: []string{"c"}, Order: []string{"c", "b", "a"}, Showing: "Here",
		Views: []settings.View{{Name: "Here", Cameras: []string{"a"}}, {Name: "Both", Cameras: []string{"a"}}},
	})
	a.Take(settings.Arrangement{
		Hidden: []string{"d"}, Fill: []string{"b"}, Order: []string{"d", "a"}, Layout: settings.Focus, Showing: "There",
		Views: []settings.View{{Name: "There", Cameras: []string{"d"}}, {Name: "Both", Cameras: []string{"d"}}},
	})
	want := settings.Arrangement{
		Hidden: []string{"d", "a"}, Fill: []string{"b"}, Notify: []string{"c"}, Order: []string{"d", "a", "c", "b"}, Layout: settings.Focus, Showing: "Here",
		Views: []settings.View{{Name: "There", Cameras: []string{"d"}}, {Name: "Both", Cameras: []string{"d"}}, {Name: "Here", Cameras: []string{"a"}}},
	}
	if got := a.Now(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	for range 3 {
		many := settings.Arrangement{}
		for i := range settings.MaxViews {
			many.Views = append(many.Views, settings.View{Name: fmt.Sprint(i)})
		}
		if a.Take(many); len(a.Now().Views) != settings.MaxViews {
			t.Errorf("%d views", len(a.Now().Views))
		}
	}
}
