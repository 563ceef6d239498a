package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"pigrid/shared/api"
)

func TestFailuresSayTheirCause(t *testing.T) {
	busy := api.Problem{Message: "Busy."}
	if got := (&Failure{Problem: busy}).Error(); got != "Busy." {
		t.Errorf("%q", got)
	}
	if got := (&Failure{busy, io.ErrUnexpectedEOF}).Error(); got != fmt.Sprintf("Busy. (%v)", io.ErrUnexpectedEOF) {
		t.Errorf("%q", got)
	}
}

// TestEnding: what ends a session alone leaves more time.
func TestEnding(t *testing.T) {
	for cause, want := range map[error]bool{nil: true, errors.New("terminated"): true, ErrIdle: false, &Failure{Cause: errStalled}: false} {
		ctx, cancel := context.WithCancelCause(t.Context())
		if Ending(ctx) {
			t.Error("it ends before its end")
		}
		cancel(cause)
		if got := Ending(ctx); got != want {
			t.Errorf("%v: the agent ends %v", cause, got)
		}
	}
}
