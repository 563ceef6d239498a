package golden

import (
	"maps"
	"testing"
)

func TestSplitUndoesJoin(t *testing.T) {
	got := split(join([]Section{{"one", "a\n\nb ## c"}, {"two", "c\n"}, {"empty", ""}}))
	want := map[string]string{"one": "a\n\nb ## c", "two": "c", "empty": ""}
	if !maps.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
