package jpegscale

import "bytes"

// The classes of Huffman tables.
const (
	dcClass = 0
	acClass = 1
)

// lookBits is how many bits are looked up at once: most codes with the bits of
// their value, in a table that fits into a small processor's cache.
const lookBits = 9

// endOfBlock is a run that goes past any block's end, whatever came before.
const endOfBlock = 128

var (
	errHuffman   = damaged("a Huffman table is wrong")
	errSymbol    = cannot("a Huffman table is not of 8 bits a sample")
	errNoSuch    = damaged("its data has a code that no table has")
	errTooMany   = damaged("a block has more than 64 coefficients")
	errDCTooHigh = damaged("a block's average is not possible")
)

// decodeTable decodes the codes of one Huffman table.
type decodeTable struct {
	look [1 << lookBits]entry
	// By the number of a code's bits: the first 16 bits that are behind all codes so
	// long or shorter, and what is added to a code to find its symbol.
	limit  [17]uint32
	offset [17]int32

	symbols [256]byte
	n       int
	counts  [16]byte
	isAC    bool
}

// entry is what the next bits mean: in bits 0 to 4 how many of them are used, in 8 to
// 15 how many coefficients are skipped, in 16 to 31 the value. Where entryPart is set,
// 16 to 31 is how many more bits the value has; where only that, the code is longer.
type entry uint32

const (
	entryPart  entry = 1 << 5
	entryShift       = 16
)

// build makes the table of the body of a DHT segment (T.81 C.2), unless it is
// that already: cameras send the same with each picture.
func (t *decodeTable) build(counts, symbols []byte, isAC bool) error {
	if t.n == len(symbols) && t.isAC == isAC && bytes.Equal(t.counts[:], counts) && bytes.Equal(t.symbols[:t.n], symbols) {
		return nil
	}
	*t = decodeTable{isAC: isAC}
	for i := range t.look {
		t.look[i] = entryPart
	}
	code, next := uint32(0), 0
	for bits := 1; bits <= 16; bits++ {
		code <<= 1
		t.offset[bits] = int32(next) - int32(code)
		for range counts[bits-1] {
			if !allowed(symbols[next], isAC) {
				return errSymbol
			}
			t.fill(code, bits, symbols[next])
			code++
			next++
		}
		if code >= 1<<bits { // a code of ones alone is not allowed either
			return errHuffman
		}
		t.limit[bits] = code << (16 - bits)
	}
	copy(t.symbols[:], symbols)
	copy(t.counts[:], counts)
	t.n = next // last: a table that was refused is not kept
	return nil
}

// allowed reports whether the symbol is one of 8-bit samples, T.81 tables F.1 and F.2.
func allowed(symbol byte, isAC bool) bool {
	run, size := symbol>>4, symbol&15
	if !isAC {
		return symbol <= 11
	}
	return size <= 10 && (size > 0 || run == 0 || run == 15)
}

// fill enters a code for all values of the bits that follow it.
func (t *decodeTable) fill(code uint32, bits int, symbol byte) {
	if bits > lookBits || code >= 1<<bits {
		return
	}
	free := lookBits - bits
	first := code << free
	for rest := range uint32(1) << free {
		t.look[first+rest] = t.entry(symbol, bits, rest, free)
	}
}

// entry returns the entry of a code of so many bits; the free low bits of rest follow it.
func (t *decodeTable) entry(symbol byte, bits int, rest uint32, free int) entry {
	run, size := uint32(symbol>>4), int(symbol&15)
	if t.isAC && symbol == 0 {
		run = endOfBlock
	}
	e := entry(run << 8)
	if size > free {
		return e | entry(bits) | entryPart | entry(size)<<entryShift
	}
	v := extend(rest>>(free-size), size)
	return e | entry(bits+size) | entry(uint32(v)<<entryShift)
}

// long decodes a code that look has not, from the next 16 bits. It returns an entry
// like look's, without the value's bits; 0 if there is no such code.
func (t *decodeTable) long(next uint32) entry {
	for bits := lookBits + 1; bits <= 16; bits++ {
		if next < t.limit[bits] {
			symbol := t.symbols[byte(int32(next>>(16-bits))+t.offset[bits])]
			return t.entry(symbol, bits, 0, 0) | entryPart
		}
	}
	return 0
}

// extend returns the value of a coefficient of size bits, T.81 F.2.2.1.
func extend(v uint32, size int) int32 {
	if size > 0 && v < 1<<(size-1) {
		return int32(v) - 1<<size + 1
	}
	return int32(v)
}
