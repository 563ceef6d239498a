package capture

import (
	"log/slog"
	"os"
	"testing"

	"go.uber.org/goleak"

	"pigrid/agent/capture/fakecam"
)

func TestMain(m *testing.M) {
	fakecam.MaybeRun()
	if os.Getenv(parentEnv) != "" {
		dyingParent()
	}
	goleak.VerifyTestMain(m)
}

// quiet is a log for tests that do not look at it.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
