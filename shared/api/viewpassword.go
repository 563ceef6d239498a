package api

import (
	"time"

	"pigrid/shared/household"
)

// End returns when the password ends; ok is false for never.
func (p ViewPassword) End() (end time.Time, ok bool) {
	if p.Until == "" {
		return time.Time{}, false
	}
	end, err := time.Parse(time.RFC3339, p.Until)
	return end, err == nil
}

// Lasts reports whether the password has not ended. One that ends does not count while
// the clock is plainly wrong.
func (p ViewPassword) Lasts(now time.Time) bool {
	end, ends := p.End()
	return !ends || now.Before(end) && now.After(household.Floor)
}
