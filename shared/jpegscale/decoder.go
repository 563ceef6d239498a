package jpegscale

import (
	"bytes"
	"errors"
)

var (
	errFactor   = errors.New("jpegscale: the factor is not 2, 4 or 8")
	errShort    = damaged("its data ends too early")
	errRestart  = damaged("a restart marker is missing or wrong")
	errUnending = damaged("its end is missing")
)

// component is one of Y, Cb and Cr.
type component struct {
	id     byte
	h, v   int // blocks of an MCU, in a row and in a column
	quant  byte
	dc, ac *decodeTable
	before int32 // DC of the block before, T.81 F.1.1.5.1
	folds  folds
	plane  plane
}

// decoder reads a JPEG from one strip of the output to the next.
type decoder struct {
	header
	comp   [3]component
	tables [2][2]decodeTable // by class and number

	factor     int
	size       int // samples of a block in the output, in a row and in a column
	across     int // MCUs in a row
	down       int // rows of MCUs
	strips     int
	row        int // of MCUs, the next to be read
	perStrip   int // rows of MCUs
	tillMarker int // MCUs
	markers    byte

	rest  []byte // of the source, from the next marker on
	bits  reader
	block [16]int32
}

// mostOfBlock is more bytes than a block can take, with a word that is read ahead:
// it has 64 coefficients of at most 27 bits.
const mostOfBlock = 256

// reader holds entropy-coded data without the stuffing.
type reader struct {
	data []byte // and mostOfBlock more
	end  int    // of what came from the source
	at   int    // next byte
	acc  uint   // the next bits, from the highest on
	n    uint   // how many of them are counted as taken from data
}

// open reads the header of src and makes ready for the first strip.
func (d *decoder) open(src []byte, factor int) (err error) {
	if factor != 2 && factor != 4 && factor != 8 {
		return errFactor
	}
	if d.rest, err = d.readHeader(src); err != nil {
		return err
	}
	d.factor, d.size = factor, 8/factor
	y := &d.comp[0]
	d.across, d.down = ceil(d.width, 8*y.h), ceil(d.height, 8*y.v)
	lines := 8 // of the output's MCUs
	if d.comps == 3 {
		lines = 16
	}
	d.perStrip = lines / (y.v * d.size)
	d.strips, d.row = ceil(d.down, d.perStrip), 0
	for i := range d.comps {
		c := &d.comp[i]
		c.folds.make(&d.quant[c.quant], d.size)
		width, height := ceil(Scaled(d.width, factor)*c.h, y.h), ceil(Scaled(d.height, factor)*c.v, y.v)
		c.plane.make(width, height, d.across*c.h*d.size, lines*c.v/y.v)
	}
	d.tillMarker, d.markers = d.restart, 0
	return d.interval()
}

// forget lets the source go.
func (d *decoder) forget() { d.rest = nil }

// close checks that the source ends where it should.
func (d *decoder) close() error {
	if d.bits.overrun() {
		return errShort
	}
	b := d.rest
	if len(b) >= 2 && b[1]&^7 == markerRST0 {
		b = b[2:] // some encoders put a restart marker behind the last MCU
	}
	if len(b) < 2 || b[0] != 0xFF {
		return errUnending
	}
	if b[1] != markerEOI {
		return errInterleaved
	}
	return nil
}

// strip reads the rows of MCUs that make one row of MCUs in the output.
func (d *decoder) strip() error {
	for y := range min(d.perStrip, d.down-d.row) {
		for x := range d.across {
			if d.restart > 0 {
				if d.tillMarker == 0 {
					if err := d.nextInterval(); err != nil {
						return err
					}
				}
				d.tillMarker--
			}
			if err := d.mcu(x, y); err != nil {
				return err
			}
		}
		d.row++
	}
	for i := range d.comps {
		d.comp[i].plane.finish(d.comp[0].h, d.comp[0].v, i > 0)
	}
	return nil
}

// mcu reads one MCU into the planes.
func (d *decoder) mcu(x, y int) error {
	for i := range d.comps {
		c := &d.comp[i]
		for v := range c.v {
			for h := range c.h {
				flat, err := d.readBlock(c)
				if err != nil {
					return err
				}
				out := c.plane.at((x*c.h+h)*d.size, (y*c.v+v)*d.size)
				switch {
				case flat || d.size == 1:
					fill(d.block[0], out, c.plane.stride, d.size)
				case d.size == 4:
					inverse4(&d.block, out, c.plane.stride)
				default:
					inverse2(&d.block, out, c.plane.stride)
				}
			}
		}
	}
	return nil
}

// nextInterval goes on behind the restart marker that has to follow.
func (d *decoder) nextInterval() error {
	if d.bits.overrun() {
		return errShort
	}
	if len(d.rest) < 2 || d.rest[1] != markerRST0+d.markers {
		return errRestart
	}
	d.markers = (d.markers + 1) & 7
	d.rest, d.tillMarker = d.rest[2:], d.restart
	return d.interval()
}

// interval takes the data up to the next marker, T.81 B.1.1.5.
func (d *decoder) interval() error {
	for i := range d.comp {
		d.comp[i].before = 0
	}
	data, src := d.bits.data[:0], d.rest
	for {
		i := bytes.IndexByte(src, 0xFF)
		if i < 0 || i+1 == len(src) {
			return errShort
		}
		data = append(data, src[:i]...)
		if src = src[i:]; src[1] != 0 {
			break
		}
		data, src = append(data, 0xFF), src[2:]
	}
	for len(src) > 2 && src[1] == 0xFF { // fill bytes
		src = src[1:]
	}
	if src[1] == 0 || src[1] == 0xFF {
		return errStray
	}
	d.rest = src
	end := len(data)
	data = append(data, make([]byte, mostOfBlock)...)
	d.bits = reader{data: data, end: end}
	return nil
}

// overrun reports whether more bits were used than there are.
func (b *reader) overrun() bool { return b.at*8-int(b.n) > b.end*8 }

func ceil(a, b int) int { return (a + b - 1) / b }
