package process

import (
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
