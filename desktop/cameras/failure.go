package cameras

import (
	"fmt"
	"time"

	"pigrid/shared/api"
)

// Failure is why an attempt or a connection came to nothing. Its texts come
// from the network and are already cleaned and capped.
type Failure struct {
	Reason     Reason
	Status     int      // HTTP status, 0 when there was no answer
	Code       api.Code // the agent's own, empty when it gave none
	Message    string   // the agent's own words
	Hint       string   // what the agent says a person can do
	Detail     string   // the raw cause
	RetryAfter time.Duration
}

// Error implements error.
func (f *Failure) Error() string {
	if f.Detail != "" {
		return fmt.Sprintf("%s: %s", f.Reason, f.Detail)
	}
	return string(f.Reason)
}

// tooMuch reports whether pictures came and were not taken.
func (f *Failure) tooMuch() bool {
	switch f.Reason {
	case ReasonTooLarge, ReasonTooComplex, ReasonNoRoom, ReasonNoMemory:
		return true
	default:
		return false
	}
}

// state is what a camera that failed like this shows.
func (f *Failure) state() State {
	switch f.Reason {
	case ReasonForbidden, ReasonUnauthorized, ReasonWrongHost, ReasonOtherLogin, ReasonOtherNetwork,
		ReasonNeedsKey, ReasonNotYours, ReasonChangedKey, ReasonKeychain:
		return Refused
	case ReasonCamera, ReasonBusy, ReasonCrowded, ReasonBadHTTP, ReasonTooLarge, ReasonTooComplex, ReasonNoRoom, ReasonNoMemory: // who answers is not offline
		return CameraError
	case ReasonNoFrames:
		return Stalled
	case ReasonTooOld, ReasonTooNew:
		return Incompatible
	default:
		return Offline
	}
}
