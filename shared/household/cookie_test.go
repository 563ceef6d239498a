package household

import (
	"strings"
	"testing"
	"time"
)

func TestCookies(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	k, view, other := AgentKey{1}, Hash{2}, Hash{3}
	good := k.NewCookie(view, now.Add(time.Hour))
	flipped := []byte(good)
	flipped[len(flipped)-1] ^= 1
	for name, tt := range map[string]struct {
		key    AgentKey
		cookie string
		view   Hash
		now    time.Time
		want   bool
	}{
		"right":            {k, good, view, now, true},
		"in capitals":      {k, strings.ToUpper(good), view, now, true},
		"a second before":  {k, good, view, now.Add(time.Hour - time.Second), true},
		"ended":            {k, good, view, now.Add(time.Hour), false},
		"another key":      {AgentKey{9}, good, view, now, false},
		"another password": {k, good, other, now, false},
		"another end":      {k, "f" + good[1:], view, now, false},
		"changed":          {k, string(flipped), view, now, false},
		"longer":           {k, good + "00", view, now, false},
		"none":             {k, "", view, now, false},
		"no hex":           {k, strings.Repeat("x", len(good)), view, now, false},
	} {
		if got := tt.key.Signed(tt.cookie, tt.view, tt.now); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
