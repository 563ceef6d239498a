package frames_test

import (
	"context"
	"fmt"
	"time"

	"pigrid/agent/frames"
)

// A camera is switched on by its first viewer and fills the Hub; the viewer
// reads until it leaves.
func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	hub := frames.NewHub(frames.Camera{ID: "imx708", Framerate: 30})
	go func() {
		if hub.WaitDemand(ctx) == nil {
			hub.Publish([]byte("a picture"), time.Now())
		}
	}()
	viewer := hub.Join(ctx, 0)
	defer viewer.Leave()
	f, err := viewer.Next()
	if err != nil {
		return
	}
	fmt.Printf("frame %d: %s\n", f.Seq, f.JPEG)
	// Output: frame 1: a picture
}
