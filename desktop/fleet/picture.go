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

// light is the sky and the ground of a scene: how bright, and how far from grey in
// Cb and Cr.
type light struct{ luma, cb, cr int }

var (
	skies   = [...]light{{196, 18, -16}, {206, 6, -3}, {172, -14, 20}, {150, 16, 2}, {188, 12, -10}}
	grounds = [...]light{{104, -22, -14}, {118, -16, 8}, {86, -12, -10}, {134, -24, 4}, {176, 2, -1}, {96, -20, -6}, {110, -8, 12}}
)

// draw paints a landscape as a camera sees it, with its noise: about 46 KB. Far hills
// are pale, near ones dark with trees before them. Neighbours differ in light and shape.
func draw(camera uint8) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	rnd := rand.New(rand.NewPCG(1, uint64(camera)))
	s := newLandscape(camera)
	for y := range height {
		for x := range width {
			at := s.at(x, y)
			img.Y[img.YOffset(x, y)] = byte(at.luma - 10 + rnd.IntN(20))
			if x%2 == 0 && y%2 == 0 {
				o := img.COffset(x, y)
				img.Cb[o], img.Cr[o] = byte(128+at.cb), byte(128+at.cr)
			}
		}
	}
	return img
}

// landscape is what stands where in a scene.
type landscape struct {
	sky, ground, far light
	angle            float64 // of its hills
	sun              image.Point
	trees            []image.Point // their feet
}

func newLandscape(camera uint8) landscape {
	n := int(camera)
	s := landscape{
		sky: skies[n%len(skies)], ground: grounds[n%len(grounds)],
		angle: float64(n) * 2.4,
		sun:   image.Pt(80+n*173%480, 84+n*29%60),
	}
	s.far = light{(s.sky.luma + s.ground.luma) / 2, (s.sky.cb + s.ground.cb) / 2, (s.sky.cr + s.ground.cr) / 2}
	for i := range 7 {
		s.trees = append(s.trees, image.Pt((60+i*97+n*53)%width, 320+(i*61+n*17)%110))
	}
	return s
}

// hill is the row in which a chain of hills begins.
func (s landscape) hill(x, row int, size float64) int {
	t := float64(x)
	return row + int(size*math.Sin(t/90*40/size+s.angle)+size/2*math.Sin(t/37+s.angle*2))
}

// at returns what is seen at a pixel.
func (s landscape) at(x, y int) light {
	for _, foot := range s.trees {
		tall := (foot.Y - 230) / 2
		if dx, up := x-foot.X, foot.Y-y; up >= 0 && up < tall && max(dx, -dx)*3 < tall-up {
			return light{s.ground.luma * 6 / 10, s.ground.cb / 2, s.ground.cr / 2}
		}
	}
	switch d := image.Pt(x, y).Sub(s.sun); {
	case y > s.hill(x, 290, 22):
		return light{s.ground.luma + (y-290)/8, s.ground.cb, s.ground.cr}
	case y > s.hill(x, 215, 34):
		return s.far
	case d.X*d.X+d.Y*d.Y < 26*26:
		return light{230, -14, 4}
	}
	return light{s.sky.luma + y/12, s.sky.cb * (height - y) / height, s.sky.cr * (height - y) / height}
}
