package capture

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

// TestPatternMoves: each frame differs from the one before in what moves, and
// is drawn on the same bars.
func TestPatternMoves(t *testing.T) {
	c, err := newCanvas(frames.Camera{Name: "Porch", Width: 640, Height: 480, Framerate: 30})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	rows := func(frame uint32, at time.Time, from, to int) []byte {
		img := c.draw(frame, at)
		return bytes.Clone(img.Y[from*480/100*img.YStride : to*480/100*img.YStride])
	}
	for name, same := range map[string]bool{
		"clock":  bytes.Equal(rows(7, at, 52, 60), rows(7, at.Add(time.Second), 52, 60)),
		"number": bytes.Equal(rows(7, at, 62, 70), rows(8, at, 62, 70)),
		"block":  bytes.Equal(rows(7, at, 82, 88), rows(8, at, 82, 88)),
	} {
		if same {
			t.Errorf("the %s does not change", name)
		}
	}
	other, err := newCanvas(frames.Camera{Name: "Door", Width: 640, Height: 480, Framerate: 30})
	if err != nil {
		t.Fatal(err)
	}
	if title := rows(7, at, 35, 46); bytes.Equal(title, other.background.Y[35*480/100*other.background.YStride:46*480/100*other.background.YStride]) {
		t.Error("the name does not show")
	}
	if first := rows(7, at, 0, 100); !bytes.Equal(first, rows(7, at, 0, 100)) {
		t.Error("something of other frames stays in the picture")
	}
	img := c.draw(1, at)
	if y := img.Y[img.YOffset(2, 380)]; y == 0 || y == img.Y[img.YOffset(600, 380)] {
		t.Error("there are no bars")
	}
}

// TestPatternIsDrawnAtAnyRate: even one in several seconds.
func TestPatternIsDrawnAtAnyRate(t *testing.T) {
	c, err := newCanvas(frames.Camera{Name: "Porch", Width: 160, Height: 120, Framerate: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	for frame := range uint32(3) {
		c.draw(frame, time.Now())
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
