package frames

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// thirty is a camera at 30 frames per second.
var thirty = Camera{ID: "imx708", Name: "Garden", Width: 640, Height: 480, Framerate: 30}

// jpeg is enough of a JPEG for a Hub.
var jpeg = []byte("\xff\xd8 picture \xff\xd9")

// tick publishes n frames, one each interval, beginning now. It sleeps: for
// synctest only.
func tick(h *Hub, n int, interval time.Duration) {
	for range n {
		h.Publish(jpeg, time.Now())
		time.Sleep(interval)
	}
}
