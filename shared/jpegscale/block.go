package jpegscale

import (
	"encoding/binary"
	"math/bits"
)

// wordBits is the size of a processor's word. A word is filled until no whole byte
// fits in any more: to more than wordBits-8 bits.
const (
	wordBits  = bits.UintSize
	wordBytes = wordBits / 8
)

// load returns the first word of b. Its highest byte is the first.
func load(b []byte) uint {
	if wordBits == 64 {
		return uint(binary.BigEndian.Uint64(b))
	}
	return uint(binary.BigEndian.Uint32(b))
}

func appendWord(b []byte, word uint) []byte {
	if wordBits == 64 {
		return binary.BigEndian.AppendUint64(b, uint64(word))
	}
	return binary.BigEndian.AppendUint32(b, uint32(word))
}

// readBlock reads the coefficients of a block and folds them into d.block. The
// block is flat where only the first one is not zero.
func (d *decoder) readBlock(c *component) (flat bool, err error) {
	if err := d.readDC(c); err != nil {
		return false, err
	}
	b := &d.bits
	data, at, acc, n := b.data, b.at, b.acc, b.n
	table, folds, block := c.ac, &c.folds.fold, &d.block
	k := uint(1)
	for k < 64 {
		if n < wordBits/2 {
			acc |= load(data[at:]) >> (n & (wordBits - 1))
			at += int((wordBits - 1 - n) / 8)
			n |= wordBits - 8
		}
		e := table.look[acc>>(wordBits-lookBits)]
		v := int32(e) >> entryShift
		if e&entryPart == 0 {
			acc <<= e & 31
			n -= uint(e & 31)
		} else {
			b.at, b.acc, b.n = at, acc, n
			if e, v = b.part(table, e); e == 0 {
				return false, errNoSuch
			}
			at, acc, n = b.at, b.acc, b.n
		}
		k += uint(e>>8) & 255
		if k > 63 {
			if k < endOfBlock {
				return false, errTooMany
			}
			break
		}
		f := folds[k]
		block[f&15] += v * (f >> 4)
		k++
	}
	b.at, b.acc, b.n = at, acc, n
	return k == endOfBlock+1, nil
}

// part reads the rest of what look could not hold: a longer code, and the bits of the
// value. The entry is 0 if there is no such code.
func (b *reader) part(table *decodeTable, e entry) (entry, int32) {
	if e&31 == 0 {
		if e = table.long(uint32(b.acc >> (wordBits - 16))); e == 0 {
			return 0, 0
		}
	}
	b.skip(uint(e & 31))
	if b.n < 16 {
		b.fill()
	}
	size := uint(e >> entryShift)
	v := extend(uint32(b.acc>>1>>(wordBits-1-size)), int(size))
	b.skip(size)
	return e, v
}

// readDC reads the first coefficient of a block.
func (d *decoder) readDC(c *component) error {
	b := &d.bits
	if b.at > b.end+wordBytes {
		return errShort
	}
	if b.n < wordBits/2 {
		b.fill()
	}
	e := c.dc.look[b.acc>>(wordBits-lookBits)]
	v := int32(e) >> entryShift
	if e&entryPart == 0 {
		b.skip(uint(e & 31))
	} else if e, v = b.part(c.dc, e); e == 0 {
		return errNoSuch
	}
	c.before += v
	if c.before > maxDC || c.before < -maxDC {
		return errDCTooHigh
	}
	d.block = [16]int32{c.before * (c.folds.fold[0] >> 4)}
	return nil
}

// maxDC is more than 8 bits a sample give at the finest quantisation.
const maxDC = 2047

// fill makes more than wordBits-8 bits ready.
func (b *reader) fill() {
	b.acc |= load(b.data[b.at:]) >> (b.n & (wordBits - 1))
	b.at += int((wordBits - 1 - b.n) / 8)
	b.n |= wordBits - 8
}

func (b *reader) skip(n uint) {
	b.acc <<= n & (wordBits - 1)
	b.n -= n
}
