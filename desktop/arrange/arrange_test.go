package arrange

import (
	"fmt"
	"slices"
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
