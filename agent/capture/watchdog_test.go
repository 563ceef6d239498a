package capture

import (
	"testing"
	"testing/synctest"
	"time"

	"pigrid/agent/frames"
)

func TestAStoppedWatchdogIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		barked := false
		dog := newWatchdog(frames.Camera{Framerate: 1}, func() { barked = true })
		dog.stop()
		time.Sleep(time.Hour)
		synctest.Wait()
		if barked {
			t.Error("it barked")
		}
	})
}
