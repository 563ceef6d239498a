package reconnect

import (
	"slices"
	"time"
)

// Moves notices that the machine slept or is on other networks: what seems to be open
// may be dead then. It belongs to one goroutine.
type Moves struct {
	clock      time.Time
	interfaces []string
}

// NewMoves begins with the time and the networks of now.
func NewMoves(clock time.Time, interfaces []string) *Moves {
	return &Moves{clock, interfaces}
}

// Moved reports whether the machine slept or was moved since it was asked last.
func (m *Moves) Moved(clock time.Time, interfaces []string) bool {
	moved := slept(m.clock, clock) || others(m.interfaces, interfaces)
	m.clock, m.interfaces = clock, interfaces
	return moved
}

// slept reports whether the machine was suspended between two looks: the wall clock
// went on while the monotonic clock stood, or both leapt.
func slept(before, now time.Time) bool {
	wall := now.Round(0).Sub(before.Round(0))
	return wall-now.Sub(before) > 5*time.Second || now.Sub(before) > 10*time.Second
}

// others reports whether the machine is on other networks than before.
func others(before, now []string) bool {
	return len(before) > 0 && len(now) > 0 && !slices.Equal(before, now)
}
