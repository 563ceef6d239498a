package drawing

import (
	"bytes"
	"image"
	"image/jpeg"

	"pigrid/shared/api"
)

const (
	minSide, maxSide   = 160, 4096
	placeholderQuality = 75
)

// NoPicture draws a JPEG of a camera's size that says that there is no picture
// and why.
func NoPicture(width, height int, name string, p api.Problem) ([]byte, error) {
	width, height = min(max(width, minSide), maxSide), min(max(height, minSide*3/4), maxSide)
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = Black + 8
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 128, 128
	}
	title, err := NewWriter(max(10, height/12))
	if err != nil {
		return nil, err
	}
	text, err := NewWriter(max(8, height/22))
	if err != nil {
		return nil, err
	}
	room := width * 9 / 10
	y := height * 24 / 100
	title.Centred(img, y, White, title.Shorten(name+": no picture", room))
	y += title.height / 2
	for _, part := range []struct {
		words string
		shade uint8
	}{{p.Message, White}, {p.Hint, Grey}} {
		y += text.height / 2
		for _, line := range text.Wrap(part.words, room) {
			if y += text.height * 14 / 10; y > height-text.height/2 {
				break
			}
			text.Centred(img, y, part.shade, line)
		}
	}
	var b bytes.Buffer
	err = jpeg.Encode(&b, img, &jpeg.Options{Quality: placeholderQuality})
	return b.Bytes(), err
}
