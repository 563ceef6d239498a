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
	"sync/atomic"

	"pigrid/shared/strip"
)

const (
	// usualWidth and usualHeight are the size of a picture, unless another is wanted.
	usualWidth, usualHeight = 640, 480
	// A picture is put together from pieces that were encoded before: JPEG can
	// begin anew after every piece (restart interval), so pieces of different
	// pictures fit together.
	pieceWidth, mcu = 64, 16 // pixels; at most
	quality         = 80
)

// format is how a picture of one size is put together.
type format struct {
	width, height int
	piece         int // pixels
	stripRows     int // of MCUs: the strip and a little more
}

func newFormat(width, height int) format {
	f := format{width: width, height: height, piece: pieceWidth, stripRows: max(1, (strip.Height(height)+mcu)/mcu)}
	for width%f.piece > 0 {
		f.piece /= 2
	}
	return f
}

func (f format) perRow() int { return f.width / f.piece }
func (f format) rows() int   { return (f.height + mcu - 1) / mcu }

// strips encodes the pieces a strip is made of, each once. It is safe for
// concurrent use.
type strips struct {
	format format
	// rigid says that pictures come in their full size, and of a kind that nobody scales.
	rigid atomic.Bool

	mu     sync.Mutex
	pieces pieces           // by the pixels of one row
	large  map[fault][]byte // pictures that are too large, by what they are for
}

func newStrips(width, height int) *strips {
	return &strips{format: newFormat(width, height), pieces: pieces{}, large: map[fault][]byte{}}
}

// append appends the entropy-coded rows of the strip that says m, without a
// restart marker behind the last one.
func (s *strips) append(b []byte, f format, m strip.Mark) []byte {
	line := image.NewYCbCr(image.Rect(0, 0, f.width, 8), image.YCbCrSubsampleRatio420)
	strip.Draw(line, m)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range f.stripRows * f.perRow() {
		if i > 0 {
			b = append(b, 0xFF, restart(i-1))
		}
		x := i % f.perRow() * f.piece
		b = append(b, s.pieces.of(line.Y[x:x+f.piece])...)
	}
	return b
}

// pieces are the codes of pieces of the strip, by their pixels.
type pieces map[row64][]byte

// row64 is which pixels of a piece are white, and how many there are.
type row64 struct {
	bits uint64
	n    int
}

// of returns the code of one piece.
func (p pieces) of(pixels []byte) []byte {
	row := row64{n: len(pixels)}
	for _, pixel := range pixels {
		row.bits <<= 1
		if pixel > 128 {
			row.bits |= 1
		}
	}
	code, ok := p[row]
	if !ok {
		img := image.NewYCbCr(image.Rect(0, 0, len(pixels), mcu), image.YCbCrSubsampleRatio420)
		for y := range mcu {
			copy(img.Y[y*img.YStride:], pixels)
		}
		for i := range img.Cb {
			img.Cb[i], img.Cr[i] = 128, 128
		}
		_, code = encode(img)
		p[row] = code
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

// scene is what one camera sees, without the strip, in each size that agents give.
type scene struct {
	camera uint8
	strips *strips
	sizes  map[int]*drawn // by what the full size is divided
}

// drawn is a scene in one size.
type drawn struct {
	format
	head, rest []byte // before and behind the strip's rows
	rigid      []byte // another head, see strips
}

// newScene draws and encodes a scene whose colours tell cameras apart.
func newScene(camera uint8, s *strips) *scene {
	c := &scene{camera: camera, strips: s, sizes: map[int]*drawn{}}
	img := draw(camera, s.format)
	for factor := 1; factor <= 8; factor *= 2 {
		if factor > 1 {
			img = halved(img)
		}
		c.sizes[factor] = encoded(img)
	}
	return c
}

// encoded encodes a scene.
func encoded(img *image.YCbCr) *drawn {
	c := &drawn{format: newFormat(img.Rect.Dx(), img.Rect.Dy())}
	for i := c.stripRows * c.perRow(); i < c.rows()*c.perRow(); i++ {
		at := image.Pt(i%c.perRow()*c.piece, i/c.perRow()*mcu)
		head, code := encode(img.SubImage(image.Rectangle{at, at.Add(image.Pt(c.piece, mcu))}))
		if c.head == nil {
			c.head = c.wholeHead(head)
			c.rigid = rigid(c.head)
		}
		c.rest = append(c.rest, 0xFF, restart(i-1))
		c.rest = append(c.rest, code...)
	}
	c.rest = append(c.rest, 0xFF, 0xD9)
	return c
}

// wholeHead turns the head of a piece into that of the whole picture: its size,
// and after how many MCUs coding begins anew.
func (f format) wholeHead(piece []byte) []byte {
	head := bytes.Clone(piece)
	sof := bytes.Index(head, []byte{0xFF, 0xC0})
	binary.BigEndian.PutUint16(head[sof+5:], uint16(f.height))
	binary.BigEndian.PutUint16(head[sof+7:], uint16(f.width))
	dri := []byte{0xFF, 0xDD, 0, 4, 0, byte(f.piece / mcu)}
	sos := bytes.Index(head, []byte{0xFF, 0xDA})
	return append(append(head[:sos:sos], dri...), head[sos:]...)
}

// rigid returns a head with quantisation tables of 16 bits: the picture is the same, and
// as cheap to decode.
func rigid(head []byte) []byte {
	head = bytes.Clone(head)
	head[bytes.Index(head, []byte{0xFF, 0xC0})+1] = 0xC1
	dqt := bytes.Index(head, []byte{0xFF, 0xDB})
	end := dqt + 2 + int(binary.BigEndian.Uint16(head[dqt+2:]))
	wide := []byte{0xFF, 0xDB, 0, 0}
	for table := head[dqt+4 : end]; len(table) > 0; table = table[65:] {
		wide = append(wide, table[0]|0x10)
		for _, step := range table[1:65] {
			wide = append(wide, 0, step)
		}
	}
	binary.BigEndian.PutUint16(wide[2:], uint16(len(wide)-2))
	return append(append(head[:dqt:dqt], wide...), head[end:]...)
}

// halved is a picture of half the size, each pixel the average of four.
func halved(img *image.YCbCr) *image.YCbCr {
	b := img.Rect
	half := image.NewYCbCr(image.Rect(0, 0, (b.Dx()+1)/2, (b.Dy()+1)/2), image.YCbCrSubsampleRatio420)
	for y := range half.Rect.Dy() {
		for x := range half.Rect.Dx() {
			right, below := min(2*x+1, b.Dx()-1), min(2*y+1, b.Dy()-1)
			sum := 2
			for _, at := range []image.Point{{2 * x, 2 * y}, {right, 2 * y}, {2 * x, below}, {right, below}} {
				sum += int(img.Y[img.YOffset(at.X, at.Y)])
			}
			half.Y[half.YOffset(x, y)] = byte(sum / 4)
			from, to := img.COffset(2*x, 2*y), half.COffset(x, y)
			half.Cb[to], half.Cr[to] = img.Cb[from], img.Cr[from]
		}
	}
	return half
}

// frame returns the JPEG with this number, divided by a factor.
func (c *scene) frame(n uint32, factor int) []byte {
	s := c.sizes[factor]
	head := s.head
	if c.strips.rigid.Load() {
		head = s.rigid
	}
	b := make([]byte, 0, len(head)+len(s.rest)+8<<10)
	b = append(b, head...)
	b = c.strips.append(b, s.format, strip.Mark{Camera: c.camera, Frame: n & 0xFFFFFF})
	return append(b, s.rest...)
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
func draw(camera uint8, f format) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, f.width, f.height), image.YCbCrSubsampleRatio420)
	rnd := rand.New(rand.NewPCG(1, uint64(camera)))
	s := newLandscape(camera)
	for y := range f.height {
		for x := range f.width {
			at := s.at(x*usualWidth/f.width, y*usualHeight/f.height)
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
		s.trees = append(s.trees, image.Pt((60+i*97+n*53)%usualWidth, 320+(i*61+n*17)%110))
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
	return light{s.sky.luma + y/12, s.sky.cb * (usualHeight - y) / usualHeight, s.sky.cr * (usualHeight - y) / usualHeight}
}
