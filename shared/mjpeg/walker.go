package mjpeg

import "bytes"

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
	markerRST0 = 0xD0
	markerRST7 = 0xD7
	markerSOI  = 0xD8
	markerEOI  = 0xD9
	markerSOS  = 0xDA
)

// verdict is what a walker says about the bytes it has seen so far.
type verdict int

const (
	more   verdict = iota // a JPEG so far, the end is not there yet
	whole                 // pos is one past the EOI
	broken                // these bytes are no JPEG; pos is where that showed
)

// walker finds the end of the JPEG that starts at buf[0]. It keeps its place
// between calls, so bytes are looked at once however they arrive.
//
// It steps over marker segments by their lengths (an EXIF thumbnail inside one
// has an EOI of its own) and searches only entropy-coded data for markers.
type walker struct {
	pos       int  // next byte to look at, from SOI
	entropy   bool // inside entropy-coded data
	seenScan  bool // an SOS was seen: an EOI before it would be an empty picture
	seenFrame bool // an SOFn was seen: without one the picture has no size
	ended     bool // the EOI was seen
	most      int  // bytes that a picture of its size may take, 0 before the size is known
}

// limit is how many bytes the JPEG may take.
func (w *walker) limit() int {
	if w.most == 0 {
		return MaxFrame
	}
	return min(w.most, MaxFrame)
}

// walk goes on from where it stopped; buf is the JPEG from SOI on, grown since.
// What follows the EOI changes nothing any more.
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
		if v, done := w.segment(buf); done {
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
		case b == 0, b >= markerRST0 && b <= markerRST7: // stuffed byte, restart
			w.pos += 2
		case b == 0xFF: // fill byte
			w.pos++
		default:
			w.entropy = false
			return true
		}
	}
}

// segment reads the marker at pos and steps over its segment. done is false
// when the walk goes on behind it.
func (w *walker) segment(buf []byte) (v verdict, done bool) {
	for w.pos+1 < len(buf) && buf[w.pos] == 0xFF && buf[w.pos+1] == 0xFF {
		w.pos++ // fill bytes, T.81 B.1.1.2
	}
	if w.pos >= len(buf) {
		return more, true
	}
	if buf[w.pos] != 0xFF {
		return broken, true
	}
	if w.pos+1 >= len(buf) {
		return more, true
	}
	marker := buf[w.pos+1]
	switch {
	case marker == markerEOI:
		if !w.seenScan || !w.seenFrame {
			return broken, true
		}
		w.pos += 2
		w.ended = true
		return whole, true
	case marker == markerTEM || marker >= markerRST0 && marker <= markerRST7:
		w.pos += 2
		return more, false
	case marker < 0xC0 || marker == markerSOI:
		return broken, true
	}
	if w.pos+4 > len(buf) {
		return more, true
	}
	length := int(buf[w.pos+2])<<8 | int(buf[w.pos+3]) // below 2 it leads to itself, which is no marker
	if w.pos+2+length > len(buf) {
		return more, true
	}
	if isSOF(marker) {
		w.seenFrame = true
		if width, height, ok := frameSize(buf[w.pos : w.pos+2+length]); ok {
			w.most = max(w.most, mostBesides+mostPerPixel*width*height)
		}
	}
	w.pos += 2 + length
	if marker == markerSOS {
		w.entropy, w.seenScan = true, true
	}
	return more, false
}

// isSOF reports whether marker starts a frame header (T.81 table B.1: SOF0 to
// SOF15 without DHT, JPG and DAC, which share the range).
func isSOF(marker byte) bool {
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
}

// Size reads the width and height in pixels from the first frame header of a
// JPEG; ok is false when there is none.
func Size(jpeg []byte) (width, height int, ok bool) {
	for pos := 2; pos+9 <= len(jpeg) && jpeg[pos] == 0xFF; {
		marker := jpeg[pos+1]
		switch {
		case marker == 0xFF:
			pos++
			continue
		case isSOF(marker):
			return frameSize(jpeg[pos:])
		case marker == markerSOS || marker == markerEOI || marker < 0xC0:
			return 0, 0, false
		}
		pos += 2 + int(jpeg[pos+2])<<8 + int(jpeg[pos+3])
	}
	return 0, 0, false
}

// frameSize reads the size from a frame header that begins with its marker
// (T.81 B.2.2); ok is false for none, or a height that only a DNL segment tells.
func frameSize(sof []byte) (width, height int, ok bool) {
	if len(sof) < 9 {
		return 0, 0, false
	}
	height = int(sof[5])<<8 | int(sof[6])
	width = int(sof[7])<<8 | int(sof[8])
	return width, height, width > 0 && height > 0
}
