package capture_test

import (
	"context"
	"fmt"
	"image"
	"log/slog"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/frames"
	"pigrid/agent/identity"
)

// still is a whole kind of camera: it shows one picture again and again.
type still string

// Signs implements [capture.Driver]: it is always there.
func (still) Signs(context.Context) []string { return nil }

// Detect implements [capture.Driver].
func (s still) Detect(context.Context) ([]capture.Camera, error) {
	return []capture.Camera{{ID: "still", Open: func(_ string, asked func() capture.Options) capture.Stream {
		o := asked().Fitting(image.Point{})
		return capture.Stream{Source: s, Size: o.Size(), Framerate: o.Framerate}
	}}}, nil
}

// Capture implements [capture.Source].
func (s still) Capture(ctx context.Context, to capture.Sink) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		to.Frame([]byte(s), time.Now())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func ExampleDriver() {
	ids, err := identity.OpenCameraIDs("")
	if err != nil {
		fmt.Println(err)
		return
	}
	set := &frames.Set{}
	manager := capture.New(capture.Config{
		Cameras: set, IDs: ids, Log: slog.New(slog.DiscardHandler), Drivers: []capture.Driver{still("a picture")}, AgentName: "Porch",
		Options: func(string) capture.Options { return capture.Options{Framerate: 100} }, Name: func(string) string { return "" },
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- manager.Run(ctx) }()
	_ = set.Await(ctx)
	hub, _ := set.Get("still")
	viewer := hub.Join(ctx, 0)
	for range 2 {
		frame, _ := viewer.Next()
		fmt.Println(hub.Camera().Name, "shows", string(frame.JPEG))
		frame.Release()
	}
	viewer.Leave()
	cancel()
	fmt.Println(<-ended)
	// Output:
	// Porch shows a picture
	// Porch shows a picture
	// <nil>
}
