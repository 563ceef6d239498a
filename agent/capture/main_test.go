package capture

import (
	"log/slog"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet is a log for tests that do not look at it.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
