package process

import (
	"strings"
	"testing"
)

func TestLinesKeepTheLast(t *testing.T) {
	var seen []string
	l := &Lines{OnLine: func(s string) { seen = append(seen, s) }}
	for _, piece := range []string{"one\n  tw", "o  \r\nUpload: 1%\rUpload: 2%\r", strings.Repeat("x", 5000), "\n", "\xff\xfe\n"} {
		_, _ = l.Write([]byte(piece))
	}
	want := []string{"one", "two", "Upload: 1%", "Upload: 2%", strings.Repeat("x", maxLine), "?"}
	if got := l.Last(); strings.Join(got, "|") != strings.Join(want, "|") || len(seen) != len(want) {
		t.Errorf("kept %q, saw %d", got, len(seen))
	}
	for range 1000 {
		_, _ = l.Write([]byte("again\n"))
	}
	if n := len(l.Last()); n != keptLines {
		t.Errorf("%d lines kept, want %d", n, keptLines)
	}
}
