// Package drawing writes words into pictures: the test picture and the picture
// that says why there is none.
package drawing

import (
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Shades of luma, within the video levels that survive JPEG.
const (
	White = 235
	Grey  = 165
	Black = 16
)

// Writer writes text of one size into the luma plane of pictures. It is not
// safe for concurrent use.
type Writer struct {
	face   font.Face
	height int
}

// NewWriter returns a Writer for text of a height in pixels.
func NewWriter(height int) (*Writer, error) {
	ttf, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, err
	}
	face, err := opentype.NewFace(ttf, &opentype.FaceOptions{Size: float64(height), DPI: 72})
	return &Writer{face, height}, err
}

// Centred writes one line in the middle of the picture's width, its baseline at
// y, in a shade of luma.
func (w *Writer) Centred(img *image.YCbCr, y int, shade uint8, text string) {
	d := font.Drawer{
		Dst:  &image.Gray{Pix: img.Y, Stride: img.YStride, Rect: img.Rect},
		Src:  image.NewUniform(color.Gray{Y: shade}),
		Face: w.face,
	}
	d.Dot = fixed.Point26_6{X: (fixed.I(img.Rect.Dx()) - d.MeasureString(text)) / 2, Y: fixed.I(y)}
	d.DrawString(text)
}

// Shorten cuts text so that it is at most width pixels wide.
func (w *Writer) Shorten(text string, width int) string {
	for runes := []rune(text); len(runes) > 0; runes = runes[:len(runes)-1] {
		if w.width(string(runes)) <= width {
			return string(runes)
		}
	}
	return ""
}

// Wrap breaks text into lines of at most width pixels, between words.
func (w *Writer) Wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && w.width(longer) > width {
			lines = append(lines, line)
			longer = word
		}
		line = longer
	}
	if line != "" {
		lines = append(lines, line)
	}
	for i, l := range lines {
		lines[i] = w.Shorten(l, width)
	}
	return lines
}

func (w *Writer) width(text string) int { return font.MeasureString(w.face, text).Ceil() }
