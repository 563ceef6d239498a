package mjpeg

import (
	"bytes"
	"testing"
	"time"
)

func TestTimestamp(t *testing.T) {
	for value, want := range map[string]time.Time{
		"1764460680.123456":    time.UnixMicro(1764460680123456),
		"12.5":                 time.UnixMilli(12500), // a clock that was never set
		"":                     {},
		"0":                    {},
		"-1":                   {},
		"NaN":                  {},
		"Inf":                  {},
		"1e300":                {},
		"8589934592":           {},
		"2026-11-30T12:00:00Z": {},
	} {
		got, ok := Timestamp(value)
		if ok == want.IsZero() || got.Sub(want).Abs() > time.Microsecond {
			t.Errorf("%q: %v, %v, want %v", value, got, ok, want)
		}
	}
}

// TestTimestampOfAPart is the time that the part was made with.
func TestTimestampOfAPart(t *testing.T) {
	at := time.UnixMicro(1764460680123456)
	part := NewPart([]byte("\xff\xd8"), at, false).Standard
	_, rest, _ := bytes.Cut(part, []byte(TimestampHeader+": "))
	value, _, _ := bytes.Cut(rest, []byte("\r\n"))
	if got, ok := Timestamp(string(value)); !ok || got.Sub(at).Abs() > time.Microsecond {
		t.Errorf("%q is %v, %v", value, got, ok)
	}
}

func FuzzTimestamp(f *testing.F) {
	for _, seed := range []string{"1764460680.123456", "1e9", "0x1p-2", "-0", "NaN", "8589934591.9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		at, ok := Timestamp(value)
		if ok != !at.IsZero() || ok && (at.Year() < 1969 || at.Year() > 2242) {
			t.Errorf("%q is %v, %v", value, at, ok)
		}
	})
}
