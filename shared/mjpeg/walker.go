package mjpeg

import (
	"bytes"
	"iter"
)

// MaxFrame is the largest JPEG that is accepted, in bytes.
const MaxFrame = 32 << 20

// A picture cannot take more than this, and a camera that sends garbage must not
// take the memory of a small Pi: noise at quality 100 without subsampling has
// less than 5 bytes per pixel; metadata and thumbnails stand beside it.
const (
	mostBesides  = 1 << 20
	mostPerPixel = 8
)

// Markers of ITU-T T.81, table B.1, that the walker treats specially.
const (
	markerTEM  = 0x01
	markerSOF0 = 0xC0
	markerDHT  = 0xC4
	markerDAC  = 0xCC
	markerRST0 = 0xD0
	markerRST7 = 0xD7
	markerSOI  = 0xD8
	markerEOI  = 0xD9
	markerSOS  = 0xDA
	markerDQT  = 0xDB
	markerDRI  = 0xDD
	markerAPP0 = 0xE0
	markerAPPF = 0xEF
	markerCOM  = 0xFE
)

// verdict is what a walker says about the bytes it has seen so far.
type verdict int

const (
	more   verdict = iota // a JPEG so far, the end is not there yet
	whole                 // pos is one past the EOI
	broken                // these bytes are not a JPEG; pos is where that showed
)

// walker finds the end of the JPEG that starts at buf[0]. It keeps its position
// between calls, so each byte is looked at once however the bytes arrive.
//
// It steps over marker segments by their lengths (an EXIF thumbnail inside one
// has an EOI of its own) and searches only entropy-coded data for markers.
// Like libjpeg it skips stray bytes between two segments, which some cameras
// send; what libjpeg refuses to decode at all is broken.
type walker struct {
	pos       int  // next byte to look at, from SOI
	segment   int  // where the last marker segment begins, 0 before the first
	entropy   bool // inside entropy-coded data
	stray     bool // inside stray bytes between two segments
	strict    bool // does not skip stray bytes
	scans     int  // SOS so far: an EOI before the first would be an empty picture
	ended     bool // the EOI was seen
	width     int  // pixels, 0 before the frame header was seen
	height    int
	mostBytes int // that a picture of its size may take, 0 before the frame header
}

// limit is how many bytes the JPEG may take. Before its frame header, which
// says how large the picture is, that is only what may stand beside a picture.
func (w *walker) limit() int {
	if w.mostBytes == 0 {
		return mostBesides
	}
	return min(w.mostBytes, MaxFrame)
}

// walk goes on from where it stopped; buf is the JPEG from SOI on, grown since.
// Bytes that follow the EOI do not change the verdict.
func (w *walker) walk(buf []byte) verdict {
	if w.ended {
		return whole
	}
	if w.pos == 0 {
		if len(buf) < 2 {
			return more
		}
		if buf[0] != 0xFF || buf[1] != markerSOI {
			return broken
		}
		w.pos = 2
	}
	for {
		if w.entropy && !w.skipEntropy(buf) {
			return more
		}
		if v, done := w.step(buf); done {
			return v
		}
	}
}

// skipEntropy moves pos to the 0xFF of the next marker that ends the
// entropy-coded data; false when it is not in buf yet.
func (w *walker) skipEntropy(buf []byte) bool {
	for {
		i := bytes.IndexByte(buf[w.pos:], 0xFF)
		if i < 0 {
			w.pos = len(buf)
			return false
		}
		w.pos += i
		if w.pos+1 >= len(buf) {
			return false
		}
		switch b := buf[w.pos+1]; {
		case b == 0, isRestart(b): // stuffed byte, restart
			w.pos += 2
		case b == 0xFF: // fill byte
			w.pos++
		default:
			w.entropy = false
			return true
		}
	}
}

// step reads the marker at pos and steps over its segment. done is false
// when the walk goes on after it.
func (w *walker) step(buf []byte) (v verdict, done bool) {
	if v := w.nextMarker(buf); v != whole {
		return v, true
	}
	marker := buf[w.pos+1]
	switch {
	case marker == markerEOI:
		if w.scans == 0 {
			return broken, true
		}
		w.pos += 2
		w.ended = true
		return whole, true
	case marker == markerTEM || isRestart(marker):
		w.pos += 2
		return more, false
	case !isSegment(marker):
		return broken, true
	}
	if w.pos+4 > len(buf) {
		return more, true
	}
	end := w.pos + 2 + int(buf[w.pos+2])<<8 + int(buf[w.pos+3])
	if end < w.pos+4 {
		return broken, true // the length counts its own two bytes
	}
	if end > len(buf) {
		return more, true
	}
	if !w.fits(marker, buf[w.pos:end]) {
		return broken, true
	}
	w.segment, w.pos = w.pos, end
	return more, false
}

// nextMarker moves pos to the 0xFF before the code of the next marker. It
// returns whole when that is there, more when it is not in buf yet, and broken
// when the segment before it shows that the picture was torn.
func (w *walker) nextMarker(buf []byte) verdict {
	for w.pos+1 < len(buf) {
		isFF, code := buf[w.pos] == 0xFF, buf[w.pos+1]
		if isFF && code == 0xFF { // fill byte, T.81 B.1.1.2
			w.pos++
			continue
		}
		marker := isFF && code != 0
		if w.strict && !marker || !w.strict && !w.stray && w.torn(buf, marker) {
			return broken
		}
		w.stray = !marker
		if marker {
			return whole
		}
		w.pos++
		if i := bytes.IndexByte(buf[w.pos:], 0xFF); i >= 0 {
			w.pos += i
		} else {
			w.pos = len(buf)
		}
	}
	return more
}

// pictureStart is SOI and the first byte of the next marker, as every picture
// but a damaged one begins.
var pictureStart = []byte{0xFF, markerSOI, 0xFF}

// maxStarts bounds how many pictures are tried inside one segment.
const maxStarts = 16

// torn reports whether the segment before pos holds the beginning of a picture
// that goes on after it. Then it belongs to a picture that was cut off, and its
// length led into the next one. A thumbnail ends inside the segment. Where a
// marker follows as it should, a single picture that goes on is believed to be a
// preview in several segments.
func (w *walker) torn(buf []byte, marker bool) bool {
	if w.segment == 0 {
		return false
	}
	at := w.segment + 2 // the length itself may be the next picture's SOI
	end := at + int(buf[at])<<8 + int(buf[at+1])
	for n := range maxStarts {
		// Entropy-coded data between end and pos holds no SOI: it would have ended there.
		i := bytes.Index(buf[min(at, end):min(end+2, len(buf))], pictureStart)
		if i < 0 {
			return false
		}
		at += i
		start := walker{strict: true}
		switch start.walk(buf[at:max(w.pos, at+len(pictureStart))]) {
		case more:
			return !marker || n > 0 || at+len(pictureStart) > w.pos
		case whole:
			at += start.pos
		case broken:
			at += 2
		}
	}
	return true
}

// fits reports whether a segment may stand where it does, and takes the
// picture's size from a frame header.
func (w *walker) fits(marker byte, segment []byte) bool {
	if isTable(marker) && holdsStart(segment) {
		return false
	}
	switch {
	case isSOF(marker):
		width, height, ok := frameSize(segment)
		if !ok || w.width > 0 || w.pos > w.limit() {
			return false
		}
		w.width, w.height = width, height
		w.mostBytes = mostBesides + mostPerPixel*width*height
	case marker == markerSOS:
		if w.width == 0 {
			return false
		}
		w.entropy = true
		w.scans++
	}
	return true
}

// holdsStart reports whether a picture begins in a segment that cannot hold one:
// what it belongs to was torn, and its length led into the next picture.
func holdsStart(segment []byte) bool {
	i := bytes.Index(segment, pictureStart)
	return i >= 0 && i+len(pictureStart) < len(segment) && isSegment(segment[i+len(pictureStart)])
}

func isRestart(marker byte) bool { return marker >= markerRST0 && marker <= markerRST7 }

// isSegment reports whether marker begins a segment of a picture that libjpeg,
// and with it every browser, decodes. Lossless and hierarchical pictures
// (T.81 table B.1) are left out, and so are reserved markers.
func isSegment(marker byte) bool {
	switch marker {
	case markerDHT, markerDAC, markerSOS, markerDQT, 0xDC, markerDRI, markerCOM:
		return true
	}
	return isSOF(marker) || marker >= markerAPP0 && marker <= markerAPPF
}

// isTable reports whether the segment of marker holds no bytes of the
// application's own.
func isTable(marker byte) bool { return marker < markerAPP0 }

// isSOF reports whether marker starts a frame header of a picture that libjpeg
// decodes (T.81 table B.1): baseline, extended, progressive, and both with
// arithmetic coding.
func isSOF(marker byte) bool {
	switch marker - markerSOF0 {
	case 0, 1, 2, 9, 10:
		return true
	}
	return false
}

// Segment is a marker segment of a JPEG.
type Segment struct {
	Marker  byte // second byte of the marker, T.81 table B.1
	At, End int  // offsets of its first byte and of the byte after its last
}

// Segments yields the marker segments of a JPEG up to the first SOS.
func Segments(jpeg []byte) iter.Seq[Segment] {
	return func(yield func(Segment) bool) {
		w := walker{pos: 2}
		for last := 0; !w.entropy; last = w.segment {
			if _, done := w.step(jpeg); done {
				return
			}
			if w.segment != last && !yield(Segment{jpeg[w.segment+1], w.segment, w.pos}) {
				return
			}
		}
	}
}

// Size reads the width and height in pixels from the frame header of a JPEG; ok
// is false when there is none.
func Size(jpeg []byte) (width, height int, ok bool) {
	w := walker{pos: 2}
	for w.width == 0 {
		if _, done := w.step(jpeg); done {
			return 0, 0, false
		}
	}
	return w.width, w.height, true
}

// frameSize reads the size from a frame header that begins with its marker
// (T.81 B.2.2); ok is false when there is none, or a height that only a DNL
// segment gives, which libjpeg does not decode.
func frameSize(sof []byte) (width, height int, ok bool) {
	if len(sof) < 10 || len(sof) != 10+3*int(sof[9]) {
		return 0, 0, false
	}
	height = int(sof[5])<<8 | int(sof[6])
	width = int(sof[7])<<8 | int(sof[8])
	return width, height, width > 0 && height > 0
}
