//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
)

const (
	hugeSide  = 12000 // pixels
	largeSide = 7000
	bulkySide = 2048
	manyScans = 100
	// bulkySize is nearly as long as a JPEG may be.
	bulkySize = 33_000_000
)

// picture returns the frame with this number, or what the fault sends in its place.
func (a *agent) picture(n uint32, f fault, factor int) []byte {
	if f.oversize() {
		return a.scene.strips.oversize(f)
	}
	return a.frame(n, factor)
}

// oversize reports whether pictures are too large.
func (f fault) oversize() bool { return f == huge || f == large || f == bulky || f == scans }

// oversize returns the picture of a fault that makes pictures too large. It is
// grey, valid, and made once.
func (s *strips) oversize(f fault) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if data, ok := s.large[f]; ok {
		return data
	}
	var data []byte
	switch f {
	case huge:
		data = grey(hugeSide, 0)
	case large:
		data = grey(largeSide, 0)
	case bulky:
		data = grey(bulkySide, bulkySize)
	case scans:
		data = scanned(largeSide, manyScans)
	}
	s.large[f] = data
	return data
}

// grey makes a JPEG of one colour, side by side pixels large, that is filled up
// with comments to a number of bytes. A block of 8 by 8 pixels takes 6 bits.
func grey(side, size int) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil) // to memory: cannot fail
	head := b.Bytes()
	sof := bytes.Index(head, []byte{0xFF, 0xC0})
	binary.BigEndian.PutUint16(head[sof+5:], uint16(side))
	binary.BigEndian.PutUint16(head[sof+7:], uint16(side))
	sos := bytes.Index(head, []byte{0xFF, 0xDA})
	scan := head[sos : sos+2+int(binary.BigEndian.Uint16(head[sos+2:]))]
	blocks := (side + 7) / 8 * ((side + 7) / 8)
	// As before (00), end of block (1010), four times over.
	code := bytes.Repeat([]byte{0b00101000, 0b10100010, 0b10001010}, (blocks+3)/4)

	out := bytes.Clone(head[:sos])
	for len(out)+len(code) < size {
		comment := make([]byte, 0xFFFF+2)
		copy(comment, []byte{0xFF, 0xFE, 0xFF, 0xFF})
		out = append(out, comment...)
	}
	out = append(append(out, scan...), code...)
	return append(out, 0xFF, 0xD9)
}
