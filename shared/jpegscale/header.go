package jpegscale

import (
	"bytes"

	"pigrid/shared/mjpeg"
)

// Markers of ITU-T T.81, table B.1.
const (
	markerSOF0  = 0xC0
	markerSOF1  = 0xC1
	markerDHT   = 0xC4
	markerRST0  = 0xD0
	markerSOI   = 0xD8
	markerEOI   = 0xD9
	markerSOS   = 0xDA
	markerDQT   = 0xDB
	markerDRI   = 0xDD
	markerAPP0  = 0xE0
	markerAPP1  = 0xE1
	markerAPP14 = 0xEE
	markerAPP15 = 0xEF
	markerCOM   = 0xFE
)

var (
	errNoScan      = damaged("it has no scan")
	errHeader      = damaged("a segment of its header is wrong")
	errStray       = damaged("a stray marker")
	errNoQuant     = damaged("a quantisation table is missing")
	errKind        = cannot("it is not baseline")
	errPrecision   = cannot("its samples or tables have more than 8 bits")
	errTables      = cannot("it uses more than two Huffman tables of a class")
	errComponents  = cannot("it is neither grey nor YCbCr")
	errSampling    = cannot("its sampling is not 4:2:0, 4:2:2 or 4:4:4")
	errInterleaved = cannot("it has more than one scan")
	errHuge        = cannot("it has too many pixels")
)

// header is what stands before the entropy-coded data.
type header struct {
	width, height int // pixels
	comps         int // 1 or 3
	restart       int // MCUs between two restart markers, 0: none
	orientation   byte
	notYCbCr      bool // Adobe says so
	seen          struct {
		frame bool
		quant [4]bool
		table [2][2]bool // by class and number
	}
	quant [4][64]byte // in zigzag order
}

// segment is called for each one up to the first scan.
func (d *decoder) segment(marker byte, body []byte) error {
	switch {
	case marker == markerDQT:
		return d.quantTables(body)
	case marker == markerDHT:
		return d.huffmanTables(body)
	case marker == markerSOF0, marker == markerSOF1:
		return d.frame(body)
	case marker == markerDRI:
		if len(body) != 2 {
			return errHeader
		}
		d.restart = int(body[0])<<8 | int(body[1])
	case marker == markerSOS:
		return d.scanHeader(body)
	case marker == markerAPP1:
		if o := orientation(body); o != 0 {
			d.orientation = o
		}
	case marker == markerAPP14:
		if len(body) >= 12 && bytes.HasPrefix(body, []byte("Adobe")) {
			d.notYCbCr = body[11] != 1 // the transform; 0 is RGB
		}
	case marker >= markerAPP0 && marker <= markerAPP15, marker == markerCOM:
	default:
		return errKind
	}
	return nil
}

// readHeader reads all segments up to the scan. What it returns follows them.
func (d *decoder) readHeader(src []byte) (rest []byte, err error) {
	d.header = header{orientation: upright}
	if len(src) < 2 || src[0] != 0xFF || src[1] != markerSOI {
		return nil, errHeader
	}
	at := 2
	for s := range mjpeg.Segments(src) {
		// Between segments there are fill bytes, and of some cameras stray ones.
		if !plain(src[at:s.At]) {
			return nil, errStray
		}
		if err := d.segment(s.Marker, src[s.At+4:s.End]); err != nil {
			return nil, err
		}
		if s.Marker == markerSOS {
			return src[s.End:], nil
		}
		at = s.End
	}
	return nil, errNoScan
}

// plain reports whether bytes between segments can be nothing else: 0xFF stands only
// at their end.
func plain(between []byte) bool {
	fill := bytes.IndexByte(between, 0xFF)
	if fill < 0 {
		return true
	}
	for _, b := range between[fill:] {
		if b != 0xFF {
			return false
		}
	}
	return true
}

func (d *decoder) quantTables(body []byte) error {
	for ; len(body) > 0; body = body[65:] {
		switch {
		case body[0]>>4 == 1:
			return errPrecision
		case body[0] > 3 || len(body) < 65 || bytes.IndexByte(body[1:65], 0) >= 0:
			return errHeader
		}
		d.seen.quant[body[0]] = true
		copy(d.quant[body[0]][:], body[1:65])
	}
	return nil
}

func (d *decoder) huffmanTables(body []byte) error {
	for len(body) > 0 {
		if len(body) < 17 {
			return errHeader
		}
		class, number, n := body[0]>>4, body[0]&15, 17
		for _, count := range body[1:17] {
			n += int(count)
		}
		switch {
		case class > 1 || number > 3 || n > len(body) || n == 17 || n > 17+256:
			return errHeader
		case number > 1:
			return errTables
		}
		if err := d.tables[class][number].build(body[1:17], body[17:n], class == acClass); err != nil {
			return err
		}
		d.seen.table[class][number] = true
		body = body[n:]
	}
	return nil
}

// frame reads a frame header, T.81 B.2.2. mjpeg has checked its length.
func (d *decoder) frame(body []byte) error {
	if d.seen.frame || len(body) < 6 || len(body) != 6+3*int(body[5]) {
		return errHeader
	}
	d.seen.frame = true
	d.height, d.width = int(body[1])<<8|int(body[2]), int(body[3])<<8|int(body[4])
	d.comps = int(body[5])
	switch {
	case body[0] != 8:
		return errPrecision
	case d.comps != 1 && d.comps != 3:
		return errComponents
	case d.width == 0 || d.height == 0:
		return errHeader
	case d.width > MaxPixels/d.height: // a 32-bit int cannot hold the product
		return errHuge
	}
	for i := range d.comps {
		b := body[6+3*i:]
		d.comp[i].id, d.comp[i].h, d.comp[i].v, d.comp[i].quant = b[0], int(b[1]>>4), int(b[1]&15), b[2]
		if b[2] > 3 {
			return errHeader
		}
	}
	return d.sampling()
}

// sampling checks how many samples the components have. One alone has no MCUs of
// several blocks, whatever its factors (T.81 A.2.2).
func (d *decoder) sampling() error {
	y, cb, cr := &d.comp[0], &d.comp[1], &d.comp[2]
	if d.comps == 1 {
		if y.h < 1 || y.h > 4 || y.h == 3 || y.v < 1 || y.v > 4 || y.v == 3 {
			return errSampling
		}
		y.h, y.v = 1, 1
		return nil
	}
	switch {
	case y.id == cb.id || y.id == cr.id || cb.id == cr.id:
		return errHeader
	case y.id == 'R' && cb.id == 'G' && cr.id == 'B':
		return errComponents
	case cb.h != 1 || cb.v != 1 || cr.h != 1 || cr.v != 1:
		return errSampling
	case y.h != 1 && y.h != 2 || y.v != 1 && y.v != y.h:
		return errSampling
	}
	return nil
}

// scanHeader reads the header of the one scan, T.81 B.2.3.
func (d *decoder) scanHeader(body []byte) error {
	switch {
	case !d.seen.frame || len(body) < 6 || len(body) != 4+2*int(body[0]):
		return errHeader
	case int(body[0]) != d.comps:
		return errInterleaved
	case d.comps == 3 && d.notYCbCr:
		return errComponents
	}
	for i := range d.comps {
		c, id, tables := &d.comp[i], body[1+2*i], body[2+2*i]
		switch {
		case id != c.id:
			return errHeader
		case tables>>4 > 1 || tables&15 > 1:
			return errTables
		case !d.seen.quant[c.quant]:
			return errNoQuant
		}
		c.dc, c.ac = d.table(dcClass, int(tables>>4)), d.table(acClass, int(tables&15))
	}
	return nil
}

// table returns a Huffman table. Those that the header leaves out are the
// standard's, as in the Motion JPEG of many webcams.
func (d *decoder) table(class, number int) *decodeTable {
	t := &d.tables[class][number]
	if !d.seen.table[class][number] {
		std := &standard[class][number]
		_ = t.build(std.counts[:], std.values, class == acClass) // the standard's are right
	}
	return t
}
