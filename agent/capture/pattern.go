package capture

import (
	"bytes"
	"context"
	"hash/fnv"
	"image"
	"image/color"
	"image/jpeg"
	"strconv"
	"time"

	"pigrid/agent/drawing"
	"pigrid/agent/frames"
	"pigrid/shared/strip"
)

// patternQuality keeps a 640x480 frame near 30 KB.
const patternQuality = 80

// pattern is the built-in test picture: colour bars, the camera's name, a
// clock, the frame number, something that moves, and the same number as a
// machine-readable strip (see shared/strip).
type pattern struct {
	camera  frames.Camera
	quality int
	frame   uint32
}

// capture draws frames on an even grid of times; it drops those it is late for.
func (p *pattern) capture(ctx context.Context, publish sink, _ func(string)) error {
	c, err := newCanvas(p.camera)
	if err != nil {
		return err
	}
	quality := p.quality
	if quality == 0 {
		quality = patternQuality
	}
	ticker := time.NewTicker(p.camera.Interval())
	defer ticker.Stop()
	var buf bytes.Buffer
	for ctx.Err() == nil {
		at := time.Now()
		p.frame++
		buf.Reset()
		if err := jpeg.Encode(&buf, c.draw(p.frame, at), &jpeg.Options{Quality: quality}); err != nil {
			return err
		}
		publish(buf.Bytes(), at)
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

func newCanvas(c frames.Camera) (*canvas, error) {
	large, err := drawing.NewWriter(max(8, c.Height*11/100))
	if err != nil {
		return nil, err
	}
	small, err := drawing.NewWriter(max(8, c.Height*65/1000))
	if err != nil {
		return nil, err
	}
	rect := image.Rect(0, 0, c.Width, c.Height)
	k := &canvas{
		background: image.NewYCbCr(rect, image.YCbCrSubsampleRatio420),
		frame:      image.NewYCbCr(rect, image.YCbCrSubsampleRatio420),
		small:      small,
		camera:     StripNumber(c.Name),
		fps:        c.Framerate,
	}
	k.bars()
	large.Centred(k.background, c.Height*45/100, drawing.White, large.Shorten(c.Name, c.Width*9/10))
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
