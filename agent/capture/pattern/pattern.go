// Package pattern draws the built-in test picture: colour bars, the camera's name,
// a clock, the frame number, something that moves, and the same number as a
// machine-readable strip (see shared/strip).
package pattern

import (
	"bytes"
	"cmp"
	"context"
	"hash/fnv"
	"image"
	"image/color"
	"image/jpeg"
	"strconv"
	"time"

	"pigrid/agent/capture"
	"pigrid/agent/drawing"
	"pigrid/agent/frames"
	"pigrid/shared/strip"
)

// usualQuality keeps a 640x480 frame near 30 KB.
const usualQuality = 80

// Driver is the [capture.Driver] of the test picture.
type Driver struct{}

// Signs implements [capture.Driver]: it is always there.
func (Driver) Signs(context.Context) []string { return nil }

// Detect implements [capture.Driver].
func (Driver) Detect(context.Context) ([]capture.Camera, error) {
	return []capture.Camera{{ID: "pattern", Open: func(name string, asked func() capture.Options) capture.Stream {
		o := asked().Fitting(image.Point{})
		source := &pattern{name: name, size: o.Size(), fps: o.Framerate, quality: cmp.Or(o.Quality, usualQuality)}
		return capture.Stream{Source: source, Size: o.Size(), Framerate: o.Framerate}
	}}}, nil
}

// pattern is the source of the test picture.
type pattern struct {
	name    string
	size    image.Point
	fps     float64 // frames per second
	quality int     // JPEG quality 1–100
	frame   uint32
}

// Capture implements [capture.Source]. It draws frames on an even grid of times; it drops those it is late for.
func (p *pattern) Capture(ctx context.Context, to capture.Sink) error {
	c, err := newCanvas(p.name, p.size, p.fps)
	if err != nil {
		return err
	}
	ticker := time.NewTicker(frames.Camera{Framerate: p.fps}.Interval())
	defer ticker.Stop()
	var buf bytes.Buffer
	for ctx.Err() == nil {
		at := time.Now()
		p.frame++
		buf.Reset()
		if err := jpeg.Encode(&buf, c.draw(p.frame, at), &jpeg.Options{Quality: p.quality}); err != nil {
			return err
		}
		to.Frame(buf.Bytes(), at)
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// canvas draws the test picture. What does not move is drawn once.
type canvas struct {
	background *image.YCbCr
	frame      *image.YCbCr
	small      *drawing.Writer
	camera     uint8
	fps        float64
}

func newCanvas(name string, size image.Point, fps float64) (*canvas, error) {
	large, err := drawing.NewWriter(max(8, size.Y*11/100))
	if err != nil {
		return nil, err
	}
	small, err := drawing.NewWriter(max(8, size.Y*65/1000))
	if err != nil {
		return nil, err
	}
	rect := image.Rect(0, 0, size.X, size.Y)
	k := &canvas{
		background: image.NewYCbCr(rect, image.YCbCrSubsampleRatio420),
		frame:      image.NewYCbCr(rect, image.YCbCrSubsampleRatio420),
		small:      small,
		camera:     StripNumber(name),
		fps:        fps,
	}
	k.bars()
	large.Centred(k.background, size.Y*45/100, drawing.White, large.Shorten(name, size.X*9/10))
	return k, nil
}

// StripNumber is what the strip of a test picture says about its camera: a
// hash of its name.
func StripNumber(name string) uint8 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return uint8(h.Sum32() % 251)
}

// bars draws seven muted colour bars and a dark panel for the words.
func (k *canvas) bars() {
	colours := [...]color.YCbCr{
		bar(180, 180, 180), bar(170, 165, 60), bar(60, 160, 160), bar(60, 150, 70),
		bar(150, 70, 150), bar(165, 70, 60), bar(60, 75, 160),
	}
	r := k.background.Rect
	for y := range r.Dy() {
		for x := range r.Dx() {
			c := colours[x*len(colours)/r.Dx()]
			if y > r.Dy()*30/100 && y < r.Dy()*75/100 {
				c = bar(18, 21, 26)
			}
			k.background.Y[k.background.YOffset(x, y)] = c.Y
			o := k.background.COffset(x, y)
			k.background.Cb[o], k.background.Cr[o] = c.Cb, c.Cr
		}
	}
}

func bar(r, g, b uint8) color.YCbCr {
	y, cb, cr := color.RGBToYCbCr(r, g, b)
	return color.YCbCr{Y: y, Cb: cb, Cr: cr}
}

// draw returns the picture of one frame; it is valid until the next call.
func (k *canvas) draw(frame uint32, now time.Time) *image.YCbCr {
	copy(k.frame.Y, k.background.Y)
	copy(k.frame.Cb, k.background.Cb)
	copy(k.frame.Cr, k.background.Cr)
	h := k.frame.Rect.Dy()
	k.small.Centred(k.frame, h*58/100, drawing.White, now.Format("2006-01-02  15:04:05.0"))
	k.small.Centred(k.frame, h*68/100, drawing.White, "frame "+strconv.FormatUint(uint64(frame), 10))
	k.sweep(frame)
	strip.Draw(k.frame, strip.Mark{Camera: k.camera, Frame: frame})
	return k.frame
}

// sweep moves a white block along the bottom, once across in four seconds.
func (k *canvas) sweep(frame uint32) {
	w, h := k.frame.Rect.Dx(), k.frame.Rect.Dy()
	size := max(2, h/12)
	period := max(2, int(4*k.fps))
	x := (w - size) * int(frame%uint32(period)) / (period - 1)
	for y := h*85/100 - size/2; y < h*85/100+size/2; y++ {
		row := k.frame.Y[k.frame.YOffset(x, y):]
		for i := range size {
			row[i] = drawing.White
		}
	}
}
