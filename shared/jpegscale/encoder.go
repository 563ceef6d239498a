package jpegscale

import "math/bits"

// encoder writes the output from strips of samples.
type encoder struct {
	writer
	across int      // MCUs in a row
	dc     [3]int32 // of the block before
	quant  [2]quantiser

	block, between [64]int32
}

// begin appends all that stands before the entropy-coded data.
func (e *encoder) begin(dst []byte, d *decoder) {
	width, height := Scaled(d.width, d.factor), Scaled(d.height, d.factor)
	b := append(dst, 0xFF, markerSOI, 0xFF, markerAPP0, 0, 16)
	b = append(b, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"...) // 1.1, square pixels
	if d.orientation != upright {
		b = appendOrientation(b, d.orientation)
	}
	tables := min(d.comps, 2)
	for i := range tables {
		e.quant[i].make(&d.quant[d.comp[i].quant])
		b = append(b, 0xFF, markerDQT, 0, 67, byte(i))
		b = append(b, e.quant[i].steps[:]...)
	}
	b = append(b, 0xFF, markerSOF0, 0, byte(8+3*d.comps), 8, byte(height>>8), byte(height), byte(width>>8), byte(width), byte(d.comps))
	if d.comps == 1 {
		b = append(b, 1, 0x11, 0)
		e.across = ceil(width, 8)
	} else {
		b = append(b, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1)
		e.across = ceil(width, 16)
	}
	for i := range tables {
		for class := range 2 {
			s := &standard[class][i]
			b = append(b, 0xFF, markerDHT, 0, byte(19+len(s.values)), byte(class<<4|i))
			b = append(append(b, s.counts[:]...), s.values...)
		}
	}
	b = append(b, 0xFF, markerSOS, 0, byte(6+2*d.comps), byte(d.comps), 1, 0)
	if d.comps == 3 {
		b = append(b, 2, 0x11, 3, 0x11)
	}
	e.writer = writer{out: append(b, 0, 63, 0), free: wordBits}
	e.dc = [3]int32{}
}

// strip appends a row of MCUs.
func (e *encoder) strip(d *decoder) {
	if d.comps == 1 {
		for x := range e.across {
			e.put8x8(&d.comp[0].plane, 8*x, 0, 0)
		}
		return
	}
	y, cb, cr := &d.comp[0].plane, &d.comp[1].plane, &d.comp[2].plane
	for x := range e.across {
		e.put8x8(y, 16*x, 0, 0)
		e.put8x8(y, 16*x+8, 0, 0)
		e.put8x8(y, 16*x, 8, 0)
		e.put8x8(y, 16*x+8, 8, 0)
		e.put8x8(cb, 8*x, 0, 1)
		e.put8x8(cr, 8*x, 0, 2)
	}
}

// end returns the whole JPEG, and lets it go.
func (e *encoder) end() []byte {
	e.flush()
	out := append(e.out, 0xFF, markerEOI)
	e.out = nil
	return out
}

// put8x8 appends the block of a component at a place of its plane, T.81 F.1.2.
func (e *encoder) put8x8(p *plane, x, y, comp int) {
	table := min(comp, 1)
	q, b := &e.quant[table], &e.block
	forward(b, &e.between, p.at(x, y), p.stride)
	dc := q.quantise(b[0], 0)
	diff := dc - e.dc[comp]
	e.dc[comp] = dc
	size, v := magnitude(diff)
	e.put(codes[dcClass][table][size], v, size)
	ac, run := &codes[acClass][table], 0
	for k := 1; k < 64; k++ {
		least := q.least[k]
		c := b[least&63]
		if least >>= 6; uint32(c+least) <= uint32(2*least) {
			run++
			continue
		}
		for ; run > 15; run -= 16 {
			e.put(ac[0xF0], 0, 0)
		}
		size, v := magnitude(q.quantise(c, k))
		e.put(ac[byte(run<<4)|byte(size)], v, size)
		run = 0
	}
	if run > 0 {
		e.put(ac[0], 0, 0)
	}
}

// magnitude returns how many bits a coefficient has, and these, T.81 F.1.2.1.
func magnitude(v int32) (size int, low uint) {
	sign := v >> 31
	size = bits.Len32(uint32((v ^ sign) - sign))
	return size, uint(v+sign) & (1<<(size&15) - 1)
}

// writer writes bits. It keeps a word of them.
type writer struct {
	out  []byte
	acc  uint // from the highest bit on
	free int  // bits of acc
}

// put appends a code and size bits after it.
func (w *writer) put(c code, v uint, size int) {
	v |= uint(c>>5) << (size & 15)
	w.free -= int(c&31) + size
	if w.free >= 0 {
		w.acc |= v << (w.free & (wordBits - 1))
		return
	}
	w.spill(v)
}

// spill writes a full word, and keeps what of v does not fit into it.
func (w *writer) spill(v uint) {
	word := w.acc | v>>(-w.free&(wordBits-1))
	w.free += wordBits
	w.acc = v << (w.free & (wordBits - 1))
	w.bytes(word, wordBytes)
}

// flush writes the bits that are kept, and fills the last byte with ones.
func (w *writer) flush() {
	used := wordBits - w.free
	w.bytes(w.acc|(1<<w.free-1), (used+7)/8)
}

// bytes appends the highest bytes of a word, with a zero after 0xFF.
func (w *writer) bytes(word uint, n int) {
	const ones = ^uint(0) / 255
	if n == wordBytes && (^word-ones)&word&(ones<<7) == 0 { // none is 0xFF
		w.out = appendWord(w.out, word)
		return
	}
	for range n {
		b := byte(word >> (wordBits - 8))
		w.out = append(w.out, b)
		if b == 0xFF {
			w.out = append(w.out, 0)
		}
		word <<= 8
	}
}
