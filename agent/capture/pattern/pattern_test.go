package pattern

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/capture/capturetest"
	"pigrid/agent/frames"
	"pigrid/shared/api"
	"pigrid/shared/strip"
)

// looking is a sink that looks at frames only.
type looking func(jpeg []byte)

func (l looking) Frame(jpeg []byte, _ time.Time) { l(jpeg) }
func (looking) Preparing(string, api.Problem)    {}
func (looking) Warn(*api.Problem)                {}
func (looking) Mode(*api.Mode)                   {}

func TestPatternSaysWhichFrameItIs(t *testing.T) {
	for _, size := range [][2]int{{640, 480}, {1280, 720}, {321, 243}} {
		p := &pattern{name: "Küche", size: image.Pt(size[0], size[1]), fps: 1000, quality: usualQuality}
		ctx, cancel := context.WithCancel(t.Context())
		var got []uint32
		err := p.Capture(ctx, looking(func(data []byte) {
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
		}))
		cancel()
		if err == nil || len(got) != 3 || got[0] != 1 || got[1] != 2 || got[2] != 3 {
			t.Errorf("%v: frames %v, %v", size, got, err)
		}
	}
}

// TestPatternMoves: each frame differs from the one before in what moves, and
// is drawn on the same bars.
func TestPatternMoves(t *testing.T) {
	c, err := newCanvas("Porch", image.Pt(640, 480), 30)
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
	other, err := newCanvas("Door", image.Pt(640, 480), 30)
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
	c, err := newCanvas("Porch", image.Pt(160, 120), 0.1)
	if err != nil {
		t.Fatal(err)
	}
	for frame := range uint32(3) {
		c.draw(frame, time.Now())
	}
}

func BenchmarkPattern(b *testing.B) {
	c, err := newCanvas("Porch", image.Pt(640, 480), 30)
	if err != nil {
		b.Fatal(err)
	}
	var buf bytes.Buffer
	var n uint32
	for b.Loop() {
		n++
		buf.Reset()
		_ = jpeg.Encode(&buf, c.draw(n, time.Now()), &jpeg.Options{Quality: usualQuality})
	}
}

func TestPatternHasTheQualityAskedFor(t *testing.T) {
	size := map[int]int{}
	for _, quality := range []int{0, 10, 95} {
		cfg := capture.Config{Drivers: []capture.Driver{Driver{}}, IdleTimeout: time.Minute, Options: func(id string) capture.Options {
			if id != "pattern" {
				t.Errorf("asked for the options of %s", id)
			}
			return capture.Options{Width: 320, Height: 240, Framerate: 30, Quality: quality}
		}}
		capturetest.Managed(t, cfg, "/nonexistent/log", func(set *frames.Set) {
			v := capturetest.Camera(t, set, "pattern").Join(t.Context(), 0)
			defer v.Leave()
			f, err := v.Next()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := jpeg.Decode(bytes.NewReader(f.JPEG)); err != nil {
				t.Error(err)
			}
			size[quality] = len(f.JPEG)
		})
	}
	if size[10] >= size[0] || size[0] >= size[95] {
		t.Errorf("bytes by quality: %v", size)
	}
}
