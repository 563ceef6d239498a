package discovery

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// An announcer that a test starts in this process leaves this one behind for
	// up to 3.5 s: zeroconf does not wait for it at Shutdown.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/grandcat/zeroconf.(*Server).probe"))
}
