package config

import "testing"

func TestClosest(t *testing.T) {
	names := []string{"name", "mode", "width", "height", "max-viewers"}
	for word, want := range map[string]string{
		"":            "",
		"nam":         "name",
		"home":        "", // as near to mode as to name: too short to guess
		"widht":       "width",
		"with":        "width",
		"maxviewers":  "max-viewers",
		"max-viewer":  "max-viewers",
		"completely":  "",
		"max-viewers": "max-viewers",
	} {
		if got := closest(word, names); got != want {
			t.Errorf("%q is taken for %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"abc", "abc", 0}} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("from %q to %q: %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
