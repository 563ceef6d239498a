package jpegscale

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"
)

// scene is a picture as a camera sees it: a sky, hills with edges, and the noise of a
// sensor, whose deviation is in steps of 256.
func scene(w, h int, noise float64) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	rnd := rand.New(rand.NewPCG(1, 2))
	at := func(v float64) uint8 { return uint8(max(0, min(255, v+noise*rnd.NormFloat64()))) }
	for y := range h {
		for x := range w {
			fx, fy := float64(x)/float64(w), float64(y)/float64(h)
			r, g, b := 90+90*fy, 130+70*fy, 230-30*fy
			for hill := range 4 {
				f := float64(hill)
				if fy > 0.35+0.15*f+0.06*math.Sin(fx*(5+3*f)+f) {
					r, g, b = 70+20*f+20*math.Sin(fx*90), 110-12*f+15*math.Sin(fy*120), 60+10*f
				}
			}
			img.SetRGBA(x, y, color.RGBA{at(r), at(g), at(b), 255})
		}
	}
	return img
}

// encoded is a picture as Go's own encoder writes it, 4:2:0 or grey.
func encoded(t testing.TB, img image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noise has no pixel that follows from another.
func noise(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range img.Pix {
		img.Pix[i] = uint8(rnd.Uint32())
	}
	return img
}

// gradient goes from black to white, red to green, in steps that can be seen.
func gradient(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(255 * x / w), uint8(255 * y / h), uint8(255 * x / w / 8 * 8), 255})
		}
	}
	return img
}
