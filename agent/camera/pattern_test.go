package camera

import (
	"bytes"
	"context"
	"image/jpeg"
	"testing"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/strip"
)

func TestPatternSaysWhichFrameItIs(t *testing.T) {
	for _, size := range [][2]int{{640, 480}, {1280, 720}, {321, 243}} {
		p := &pattern{camera: frames.Camera{ID: "pattern", Name: "Küche", Width: size[0], Height: size[1], Framerate: 1000}}
		ctx, cancel := context.WithCancel(t.Context())
		var got []uint32
		err := p.capture(ctx, func(data []byte, _ time.Time) {
			img, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if b := img.Bounds(); b.Dx() != size[0] || b.Dy() != size[1] {
				t.Errorf("the picture is %v, want %v", b, size)
			}
			for _, f := range strip.Find(img) {
				if f.Camera != StripNumber("Küche") {
					t.Errorf("the strip says camera %d", f.Camera)
				}
				got = append(got, f.Frame)
			}
			if len(got) >= 3 {
				cancel()
			}
		}, nil)
		cancel()
		if err == nil || len(got) != 3 || got[0] != 1 || got[1] != 2 || got[2] != 3 {
			t.Errorf("%v: frames %v, %v", size, got, err)
		}
	}
}

func BenchmarkPattern(b *testing.B) {
	c, err := newCanvas(frames.Camera{Name: "Porch", Width: 640, Height: 480, Framerate: 30})
	if err != nil {
		b.Fatal(err)
	}
	var buf bytes.Buffer
	var n uint32
	for b.Loop() {
		n++
		buf.Reset()
		_ = jpeg.Encode(&buf, c.draw(n, time.Now()), &jpeg.Options{Quality: patternQuality})
	}
}
