package capture

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"pigrid/shared/api"
)

// Why a session has ended.
var (
	// ErrIdle: nobody watches.
	ErrIdle    = errors.New("nobody watches")
	errStalled = errors.New("no new frame")
	// errEnded: the camera ended by itself and did not say why.
	errEnded = errors.New("it has ended")

	// errUnkillable: the capture program did not even end when it was killed.
	errUnkillable = errors.New("the program does not end")
)

// Failure is why there is no camera, or a session ended, as a person needs to
// know it.
type Failure struct {
	Problem api.Problem
	Cause   error // may be nil
}

// Error implements error.
func (f *Failure) Error() string {
	if f.Cause != nil {
		return fmt.Sprintf("%s (%v)", f.Problem.Message, f.Cause)
	}
	return f.Problem.Message
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// Unkillable says that a capture program does not end, whatever is done. It has
// its camera still, so the camera is not idle even when nobody watches.
func Unkillable(program string) error {
	return &Failure{Problem: api.Problem{
		Code: api.CodeUnkillable, Message: filepath.Base(program) + " hangs and cannot be stopped.",
		Hint: "Restart the Pi. Until then this camera gives no picture.",
	}, Cause: errUnkillable}
}

// Ending reports whether a session's context has ended because the whole agent
// ends, which leaves less time than the end of a session alone.
func Ending(ctx context.Context) bool {
	cause := context.Cause(ctx)
	return cause != nil && !errors.Is(cause, ErrIdle) && !errors.Is(cause, errStalled)
}

// CodeOf returns the code of a failure, "" for anything else.
func CodeOf(err error) api.Code {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.Problem.Code
	}
	return ""
}

// problemOf is an error in a person's words; message is for one that has none.
func problemOf(err error, message string) api.Problem {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.Problem
	}
	return api.Problem{Code: api.CodeCrashed, Message: message}
}
