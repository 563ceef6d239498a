package reconnect

import (
	"testing"
	"time"

	"pigrid/desktop/cameras"
)

func TestDelay(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name string
		w    Wait
		want time.Duration
	}{
		{"first", Wait{Failures: 1}, s},
		{"second", Wait{Failures: 2}, 2 * s},
		{"third", Wait{Failures: 3}, 4 * s},
		{"fourth", Wait{Failures: 4}, 5 * s},
		{"hundredth", Wait{Failures: 100, Failing: 7}, 5 * s},
		{"many fail", Wait{Failures: 4, Failing: 8}, 8 * s},
		{"many fail for long", Wait{Failures: 100, Failing: 64}, 30 * s},
		{"none yet", Wait{}, s},
		{"after a short session", Wait{Failures: 1, Session: 9 * s}, 6250 * time.Millisecond},
		{"after a long one", Wait{Failures: 1, Session: 10 * s}, s},
		{"told to wait", Wait{Failures: 1, Failure: &cameras.Failure{RetryAfter: 8 * s}}, 10 * s},
		{"told to hurry", Wait{Failures: 4, Failure: &cameras.Failure{RetryAfter: s}}, 5 * s},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.w.Random = 0.5
			if got := Delay(tt.w); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestDelayIsSpread(t *testing.T) {
	low, high := Delay(Wait{Failures: 4}), Delay(Wait{Failures: 4, Random: 0.999})
	if low != 3750*time.Millisecond || high < 6200*time.Millisecond || high > 6250*time.Millisecond {
		t.Errorf("from %v to %v", low, high)
	}
	// All channels of a recorder that restarts (dahua#614).
	for name, w := range map[string]Wait{
		"short session": {Failures: 1, Session: time.Second},
		"told to wait":  {Failures: 1, Failure: &cameras.Failure{RetryAfter: 5 * time.Second}},
	} {
		if got := Delay(w); got != 5*time.Second {
			t.Errorf("%s: jitter went under the floor: %v", name, got)
		}
		if w.Random = 0.999; Delay(w) < 7*time.Second || Delay(w) > 7500*time.Millisecond {
			t.Errorf("%s: not spread: %v", name, Delay(w))
		}
	}
}
