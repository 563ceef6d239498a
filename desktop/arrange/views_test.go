package arrange

import (
	"fmt"
	"strings"
	"testing"

	"pigrid/desktop/settings"
)

func TestViews(t *testing.T) {
	t.Parallel()
	a := New(settings.Arrangement{})
	view := func(name string, keys ...string) settings.View { return settings.View{Name: name, Cameras: keys} }
	names := func() string {
		var list []string
		for _, v := range a.Now().Views {
			list = append(list, v.Name+":"+strings.Join(v.Cameras, "")+string(v.Layout))
		}
		return strings.Join(list, " ")
	}
	for _, c := range []struct {
		name string
		do   func()
		want string
	}{
		{"made", func() { a.SaveView("", view("one", "a", "b", "c")) }, "one:abc"},
		{"another", func() { a.SaveView("", view("two", "c")) }, "one:abc two:c"},
		{"a name that is taken", func() { a.SaveView("", view("two", "x")) }, "one:abc two:c"},
		{"a name that is taken, later", func() { a.SaveView("one", view("two", "x")) }, "one:abc two:c"},
		{"no name", func() { a.SaveView("", view("", "x")) }, "one:abc two:c"},
		{"under another name", func() { a.SaveView("two", view("zwei", "c", "d")) }, "one:abc zwei:cd"},
		{"moved in it", func() { a.MoveIn("one", "c", "a") }, "one:cab zwei:cd"},
		{"moved to its end", func() { a.MoveIn("one", "c", "") }, "one:abc zwei:cd"},
		{"one that it does not have", func() { a.MoveIn("one", "x", "a") }, "one:abc zwei:cd"},
		{"its layout", func() { a.SetLayout("zwei", settings.Focus) }, "one:abc zwei:cdfocus"},
		{"no layout", func() { a.SetLayout("one", "circle") }, "one:abc zwei:cdfocus"},
		{"of no view", func() { a.SetLayout("gone", settings.Focus) }, "one:abc zwei:cdfocus"},
		{"forgotten", func() { a.Forget([]string{"c"}) }, "one:ab zwei:dfocus"},
		{"removed", func() { a.RemoveView("one") }, "zwei:dfocus"},
	} {
		before := a.Now()
		read := fmt.Sprint(before)
		c.do()
		if names() != c.want {
			t.Errorf("%s: %s, want %s", c.name, names(), c.want)
		}
		if fmt.Sprint(before) != read {
			t.Errorf("%s: what was read before has changed", c.name)
		}
	}
	a.SetLayout("", settings.Focus)
	if a.Now().Layout != settings.Focus {
		t.Error("the layout of all cameras is as before")
	}
}

func TestViewsAreBounded(t *testing.T) {
	t.Parallel()
	a := New(settings.Arrangement{})
	var keys []string
	for i := range settings.MaxViewed + 1 {
		keys = append(keys, fmt.Sprint(i))
	}
	for i := range settings.MaxViews + 1 {
		a.SaveView("", settings.View{Name: fmt.Sprint(i), Cameras: keys})
	}
	views := a.Now().Views
	if len(views) != settings.MaxViews || len(views[0].Cameras) != settings.MaxViewed {
		t.Errorf("%d views, the first of %d cameras", len(views), len(views[0].Cameras))
	}
}

// TestWhichViewIsShown: the one that a person chose, under its new name, and for a while
// the one that the program was started with.
func TestWhichViewIsShown(t *testing.T) {
	t.Parallel()
	a := New(settings.Arrangement{Views: []settings.View{{Name: "one"}, {Name: "two"}, {Name: "three"}}, Showing: "two"})
	rename := func(from, to string) func() {
		return func() { a.SaveView(from, settings.View{Name: to}) }
	}
	for _, c := range []struct {
		name                  string
		do                    func()
		shown, missing, saved string
	}{
		{"as it was saved", func() {}, "two", "", "two"},
		{"another", func() { a.Show("one") }, "one", "", "one"},
		{"one that there is not", func() { a.Show("gone") }, "one", "", "one"},
		{"under another name", rename("one", "eins"), "eins", "", "eins"},
		{"opened", func() { a.Open("two") }, "two", "", "eins"},
		{"opened, under another name", rename("two", "zwei"), "zwei", "", "eins"},
		{"opened, and removed", func() { a.RemoveView("zwei") }, "", "", "eins"},
		{"there is none to open", func() { a.Open("gone") }, "", "gone", "eins"},
		{"it is made", func() { a.SaveView("", settings.View{Name: "gone"}) }, "gone", "", "eins"},
		{"all are opened", func() { a.Open("") }, "", "", "eins"},
		{"another is chosen", func() { a.Show("three") }, "three", "", "three"},
		{"removed", func() { a.RemoveView("three") }, "", "", ""},
		{"all", func() { a.Show("eins"); a.Show("") }, "", "", ""},
	} {
		c.do()
		if now, missing := a.Shown(); now.Showing != c.shown || missing != c.missing || a.Now().Showing != c.saved {
			t.Errorf("%s: %q, missing %q, saved %q", c.name, now.Showing, missing, a.Now().Showing)
		}
	}
}
