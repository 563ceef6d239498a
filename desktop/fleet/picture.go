//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"sync"

	"pigrid/shared/strip"
)

const (
	width, height = 640, 480
	// A picture is put together from pieces that were encoded before: JPEG can
	// begin anew after every piece (restart interval), so pieces of different
	// pictures fit together.
	pieceWidth, mcu = 64, 16 // pixels; 4 MCUs a piece
	piecesPerRow    = width / pieceWidth
	stripRows       = 2 // of MCUs: 32 pixels, the strip and two more
	quality         = 80
)

// strips encodes the pieces a strip is made of, each once. It is safe for
// concurrent use.
type strips struct {
	mu     sync.Mutex
	pieces pieces           // by the pixels of one row, 1 is white
	large  map[fault][]byte // pictures that are too large, by what they are for
}

func newStrips() *strips { return &strips{pieces: map[uint64][]byte{}, large: map[fault][]byte{}} }

// append appends the entropy-coded rows of the strip that says m, without a
// restart marker behind the last one.
func (s *strips) append(b []byte, m strip.Mark) []byte {
	line := image.NewYCbCr(image.Rect(0, 0, width, 8), image.YCbCrSubsampleRatio420)
	strip.Draw(line, m)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range stripRows * piecesPerRow {
		if i > 0 {
			b = append(b, 0xFF, restart(i-1))
		}
		x := i % piecesPerRow * pieceWidth
		b = append(b, s.pieces.of(line.Y[x:x+pieceWidth])...)
	}
	return b
}

// pieces are the codes of pieces of the strip, by their pixels.
type pieces map[uint64][]byte

// of returns the code of one piece.
func (p pieces) of(pixels []byte) []byte {
	var bits uint64
	for _, pixel := range pixels {
		bits <<= 1
		if pixel > 128 {
			bits |= 1
		}
	}
	code, ok := p[bits]
	if !ok {
		img := image.NewYCbCr(image.Rect(0, 0, pieceWidth, mcu), image.YCbCrSubsampleRatio420)
		for y := range mcu {
			copy(img.Y[y*img.YStride:], pixels)
		}
		for i := range img.Cb {
			img.Cb[i], img.Cr[i] = 128, 128
		}
		_, code = encode(img)
		p[bits] = code
	}
	return code
}

// restart is the second byte of the i-th restart marker.
func restart(i int) byte { return 0xD0 + byte(i%8) }

// encode returns what stands before the coded data of img, and that data.
func encode(img image.Image) (head, code []byte) {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}) // to memory: cannot fail
	data := b.Bytes()
	sos := bytes.Index(data, []byte{0xFF, 0xDA})
	begin := sos + 2 + int(binary.BigEndian.Uint16(data[sos+2:]))
	return data[:begin], data[begin : len(data)-2]
}

// scene is what one camera sees, without the strip.
type scene struct {
	camera     uint8
	strips     *strips
	head, rest []byte // before and behind the strip's rows
}

// newScene draws and encodes a scene whose colours tell cameras apart.
func newScene(camera uint8, s *strips) *scene {
	img := draw(camera)
	c := &scene{camera: camera, strips: s}
	for i := stripRows * piecesPerRow; i < height/mcu*piecesPerRow; i++ {
		at := image.Pt(i%piecesPerRow*pieceWidth, i/piecesPerRow*mcu)
		head, code := encode(img.SubImage(image.Rectangle{at, at.Add(image.Pt(pieceWidth, mcu))}))
		if c.head == nil {
			c.head = wholeHead(head)
		}
		c.rest = append(c.rest, 0xFF, restart(i-1))
		c.rest = append(c.rest, code...)
	}
	c.rest = append(c.rest, 0xFF, 0xD9)
	return c
}

// wholeHead turns the head of a piece into that of the whole picture: its size,
// and after how many MCUs coding begins anew.
func wholeHead(piece []byte) []byte {
	head := bytes.Clone(piece)
	sof := bytes.Index(head, []byte{0xFF, 0xC0})
	binary.BigEndian.PutUint16(head[sof+5:], height)
	binary.BigEndian.PutUint16(head[sof+7:], width)
	dri := []byte{0xFF, 0xDD, 0, 4, 0, pieceWidth / mcu}
	sos := bytes.Index(head, []byte{0xFF, 0xDA})
	return append(append(head[:sos:sos], dri...), head[sos:]...)
}

// frame returns the JPEG with this number.
func (c *scene) frame(n uint32) []byte {
	b := make([]byte, 0, len(c.head)+len(c.rest)+8<<10)
	b = append(b, c.head...)
	b = c.strips.append(b, strip.Mark{Camera: c.camera, Frame: n & 0xFFFFFF})
	return append(b, c.rest...)
}

// draw paints hills under a sky, with a camera's noise: about 40 KB.
func draw(camera uint8) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	rnd := rand.New(rand.NewPCG(1, uint64(camera)))
	angle := float64(camera) * 2.4 // neighbours differ
	hill := func(x int) int {
		return height/2 + int(40*math.Sin(float64(x)/70+angle)+25*math.Sin(float64(x)/31))
	}
	for y := range height {
		for x := range width {
			luma := 190 - y/4
			if y > hill(x) {
				luma = 110 - y/10
			}
			img.Y[img.YOffset(x, y)] = byte(luma + rnd.IntN(20))
		}
	}
	for y := 0; y < height; y += 2 {
		for x := 0; x < width; x += 2 {
			reach := 30.0
			if y > hill(x) {
				reach = -20
			}
			o := img.COffset(x, y)
			img.Cb[o] = byte(128 + reach*math.Cos(angle))
			img.Cr[o] = byte(128 + reach*math.Sin(angle))
		}
	}
	return img
}
