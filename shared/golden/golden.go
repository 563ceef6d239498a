// Package golden compares what a program says with a file, section by section. Only
// tests use it.
package golden

import (
	"os"
	"strings"
	"testing"
)

// Section is a named piece of text in a file of sections.
type Section struct{ Name, Text string }

// heading begins a section, alone on its line with the name.
const heading = "## "

// Compare fails the test for each section that differs from the one of that name in
// the file, and for each that only the file has. With update it writes the file.
func Compare(t *testing.T, file string, update bool, got []Section) {
	t.Helper()
	if update {
		if err := os.WriteFile(file, []byte(join(got)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := split(string(data))
	for _, s := range got {
		if text := strings.TrimSpace(s.Text); want[s.Name] != text {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, text, want[s.Name])
		}
		delete(want, s.Name)
	}
	for name := range want {
		t.Errorf("%s: no longer there", name)
	}
}

func join(sections []Section) string {
	var b strings.Builder
	for _, s := range sections {
		b.WriteString(heading + s.Name + "\n" + strings.TrimSpace(s.Text) + "\n\n")
	}
	return b.String()
}

func split(text string) map[string]string {
	all := map[string]string{}
	for s := range strings.SplitSeq("\n"+text, "\n"+heading) {
		if name, body, ok := strings.Cut(s, "\n"); ok && name != "" {
			all[name] = strings.TrimSpace(body)
		}
	}
	return all
}
