// Package strip writes and reads a machine-readable strip of black and white
// cells along the top of a test picture. It carries which camera drew the
// picture and the number of the frame, so that a test can prove from a
// screenshot that what is shown is what was sent, and that it moves.
//
// Cells, left to right: 7 start (black, white, …), 8 camera, 24 frame,
// 16 checksum (CRC-16/CCITT over the four bytes), 4 end (white, black, …);
// most significant bit first, white is 1. The strip begins and ends with black,
// so that it can be told from a white page around it.
package strip

import "image"

const (
	startCells = 7
	dataCells  = 8 + 24 + 16
	endCells   = 4
	cells      = startCells + dataCells + endCells

	white, black = 235, 16 // video levels: they survive JPEG and scaling
	neutral      = 128
)

// Mark is what a strip says.
type Mark struct {
	Camera uint8
	Frame  uint32 // modulo 1<<24
}

// Height returns how many pixels of a picture's height the strip covers.
func Height(pictureHeight int) int { return max(8, pictureHeight/16) }

// bits returns the cells of m.
func (m Mark) bits() [cells]bool {
	var b [cells]bool
	for i := range startCells {
		b[i] = i%2 == 1
	}
	data := uint64(m.payload())<<16 | uint64(m.checksum())
	for i := range dataCells {
		b[startCells+i] = data>>(dataCells-1-i)&1 == 1
	}
	for i := range endCells {
		b[startCells+dataCells+i] = i%2 == 0
	}
	return b
}

func (m Mark) payload() uint32 { return uint32(m.Camera)<<24 | m.Frame&0xFFFFFF }

func (m Mark) checksum() uint16 {
	crc := uint16(0xFFFF)
	for shift := 24; shift >= 0; shift -= 8 {
		crc ^= uint16(m.payload()>>shift&0xFF) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			crc <<= 1
			if carry {
				crc ^= 0x1021
			}
		}
	}
	return crc
}

// Draw writes the strip over the top rows of img.
func Draw(img *image.YCbCr, m Mark) {
	r := img.Rect
	h := Height(r.Dy())
	bits := m.bits()
	for x := range r.Dx() {
		v := byte(black)
		if bits[x*cells/r.Dx()] {
			v = white
		}
		img.Y[img.YOffset(r.Min.X+x, r.Min.Y)] = v
	}
	first := img.Y[:r.Dx()]
	for y := 1; y < h; y++ {
		copy(img.Y[y*img.YStride:], first)
	}
	for y := r.Min.Y; y < r.Min.Y+h; y += 2 {
		o := img.COffset(r.Min.X, y)
		n := (r.Dx() + 1) / 2
		fill(img.Cb[o:o+n], neutral)
		fill(img.Cr[o:o+n], neutral)
	}
}

func fill(b []byte, v byte) {
	for i := range b {
		b[i] = v
	}
}
