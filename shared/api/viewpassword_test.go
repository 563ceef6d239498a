package api

import (
	"testing"
	"time"

	"pigrid/shared/household"
)

func TestViewPasswordsEnd(t *testing.T) {
	end := time.Date(2026, 12, 6, 18, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		until string
		now   time.Time
		want  bool
	}{
		"never":                 {"", end.AddDate(50, 0, 0), true},
		"never, no clock":       {"", time.Unix(0, 0), true},
		"before":                {end.Format(time.RFC3339), end.Add(-time.Second), true},
		"from its end on":       {end.Format(time.RFC3339), end, false},
		"a Pi without a clock":  {end.Format(time.RFC3339), household.Floor.Add(-time.Hour), false},
		"another zone's clock":  {"2026-12-06T19:00:00+01:00", end.Add(-time.Second), true},
		"what is no time: none": {"Sunday", end, true},
	} {
		if got := (ViewPassword{Until: tt.until}).Lasts(tt.now); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
