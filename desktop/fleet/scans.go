//go:build linux

package main

import "encoding/binary"

// scanned makes a progressive JPEG of one colour, side by side pixels large, whose
// pixels a decoder goes over in so many scans, at least 3. Each but the first takes
// about a hundred bytes: it says that nothing follows for tens of thousands of blocks.
func scanned(side, scans int) []byte {
	const runBits = 14                          // an end of so many blocks and as many more as its bits say
	blocks := (side + 7) / 8 * ((side + 7) / 8) // of 8 by 8 pixels
	size := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, uint16(side)), uint16(side))
	table := append([]byte{0}, make([]byte, 64)...)
	for i := 1; i < len(table); i++ {
		table[i] = 1
	}
	oneCode := append([]byte{1}, make([]byte, 15)...) // of one bit

	out := []byte{0xFF, 0xD8}
	out = segment(out, 0xDB, table)
	out = segment(out, 0xC2, append(append([]byte{8}, size...), 1, 1, 0x11, 0))
	out = segment(out, 0xC4, append(append([]byte{0x00}, oneCode...), 0))          // no difference
	out = segment(out, 0xC4, append(append([]byte{0x10}, oneCode...), runBits<<4)) // many ends
	out = segment(out, 0xDA, []byte{1, 1, 0, 0, 0, 0})
	out = append(out, make([]byte, (blocks+7)/8)...)

	const most = 1<<(runBits+1) - 1
	runs := bits{}
	for left := blocks; left > 0; left -= most {
		runs.add(1<<runBits-1, 1+runBits) // the code, 0, and the bits, all 1
	}
	for n := 1; n < scans; n++ {
		precision := byte(0x10) // a bit more than before
		if n == 1 {
			precision = 0x01
		}
		out = append(segment(out, 0xDA, []byte{1, 1, 0, 1, 63, precision}), runs.bytes()...)
	}
	return append(out, 0xFF, 0xD9)
}

// segment appends a marker and what follows it.
func segment(out []byte, marker byte, data []byte) []byte {
	out = binary.BigEndian.AppendUint16(append(out, 0xFF, marker), uint16(len(data)+2))
	return append(out, data...)
}

// bits are those of entropy-coded data.
type bits struct{ all []bool }

// add appends the last n bits of a value.
func (b *bits) add(value uint, n int) {
	for n--; n >= 0; n-- {
		b.all = append(b.all, value>>n&1 == 1)
	}
}

// bytes fills up with ones, and stuffs.
func (b *bits) bytes() (out []byte) {
	for i := 0; i < len(b.all); i += 8 {
		c := byte(0)
		for j := i; j < i+8; j++ {
			c <<= 1
			if j >= len(b.all) || b.all[j] {
				c |= 1
			}
		}
		if out = append(out, c); c == 0xFF {
			out = append(out, 0)
		}
	}
	return out
}
