package announce

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// zeroconf's announcing goroutine outlives Shutdown by up to 3.5 s.
	probe := goleak.IgnoreAnyFunction("github.com/grandcat/zeroconf.(*Server).probe")
	goleak.VerifyTestMain(m, probe, goleak.Cleanup(func(code int) {
		programsBuilt.remove()
		os.Exit(code)
	}))
}
