package announce

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// zeroconf's announcing goroutine outlives Shutdown by up to 3.5 s.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/grandcat/zeroconf.(*Server).probe"))
}
