package pattern

import (
	"testing"

	"go.uber.org/goleak"

	"pigrid/agent/capture/fakecam"
)

func TestMain(m *testing.M) {
	fakecam.MaybeRun()
	goleak.VerifyTestMain(m)
}
