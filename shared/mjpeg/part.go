package mjpeg

import (
	"strconv"
	"time"
)

// Boundary separates parts. It is alphanumeric without dashes because clients
// disagree on how to quote anything else.
const Boundary = "pigridframe"

// ContentType is the media type of a stream.
const ContentType = "multipart/x-mixed-replace; boundary=" + Boundary

// PlaceholderHeader marks a part that was drawn by the agent because the camera
// gives no picture. Its value is "1". Such a part never counts as live.
const PlaceholderHeader = "X-PiGrid-Placeholder"

// TimestampHeader carries when the frame's first byte was read, in seconds
// since 1970 with six decimals.
const TimestampHeader = "X-Timestamp"

// SizeHeader marks a part that the agent has made smaller than the camera gave it. Its
// value is the width and height in pixels, as in 320x240.
const SizeHeader = "X-PiGrid-Size"

const (
	delimiter = "\r\n--" + Boundary + "\r\n"
	typeLine  = "Content-Type: image/jpeg\r\n"
	markLine  = PlaceholderHeader + ": 1\r\n"
	// partOverhead is more than the headers of any part need.
	partOverhead = 256
)

// Opening is what a stream begins with: the first boundary, sent with the
// response headers so that clients know at once that this is a stream.
const Opening = "--" + Boundary + "\r\n"

// Part is one frame in one buffer as it goes to viewers:
//
//	[standard header][JPEG][CRLF boundary CRLF][advance header]
//
// Standard follows [Opening], and so does AdvanceHeader with Advance behind it.
// Nobody changes a Part, so any number of viewers may write it at once.
type Part struct {
	Standard []byte // header with Content-Length, JPEG, next boundary
	Advance  []byte // JPEG, next boundary, header of a next part that is of the same kind
	Again    []byte // JPEG, next boundary
	JPEG     []byte

	Placeholder bool // drawn by the agent
}

// AdvanceHeader is the header of a part in an advance stream, where it leaves
// before the picture exists: all that is known of it is of which kind it will be.
func (p Part) AdvanceHeader() []byte { return p.Advance[len(p.Again):] }

// PartSize is how much memory the Part of a JPEG of n bytes takes at most.
func PartSize(n int) int { return n + partOverhead }

// NewPart builds the part of one JPEG whose first byte was read at the given
// time. The JPEG is copied.
func NewPart(jpeg []byte, at time.Time, placeholder bool) Part {
	return PartIn(make([]byte, 0, PartSize(len(jpeg))), jpeg, at, placeholder)
}

// PartIn is [NewPart] in memory that the caller gives and takes back when nobody
// writes the Part any more: at least [PartSize] of it, or other memory is taken.
func PartIn(memory, jpeg []byte, at time.Time, placeholder bool) Part {
	mark := ""
	if placeholder {
		mark = markLine
	}
	part := partIn(memory, jpeg, at, []byte(mark), mark)
	part.Placeholder = placeholder
	return part
}

// ScaledPartIn is [PartIn] for a JPEG that the agent has made smaller: of so many pixels.
func ScaledPartIn(memory, jpeg []byte, at time.Time, width, height int) Part {
	line := append(make([]byte, 0, 64), SizeHeader+": "...)
	line = append(strconv.AppendInt(line, int64(width), 10), 'x')
	line = append(strconv.AppendInt(line, int64(height), 10), "\r\n"...)
	return partIn(memory, jpeg, at, line, "")
}

// partIn builds a part: mark are lines of its own header, next those of one of the
// same kind that is sent ahead.
func partIn(memory, jpeg []byte, at time.Time, mark []byte, next string) Part {
	b := append(memory[:0], typeLine+"Content-Length: "...)
	b = strconv.AppendInt(b, int64(len(jpeg)), 10)
	b = append(b, "\r\n"+TimestampHeader+": "...)
	b = appendSeconds(b, at)
	b = append(b, "\r\n"...)
	b = append(b, mark...)
	b = append(b, "\r\n"...)
	head := len(b)
	b = append(b, jpeg...)
	tail := len(b)
	b = append(b, delimiter...)
	end := len(b)
	b = append(b, typeLine...)
	b = append(b, next...)
	b = append(b, "\r\n"...)
	return Part{
		Standard: b[:end:end],
		Advance:  b[head:len(b):len(b)],
		Again:    b[head:end:end],
		JPEG:     b[head:tail:tail],
	}
}

// appendSeconds appends t as unix seconds with six decimals.
func appendSeconds(b []byte, t time.Time) []byte {
	micros := t.UnixMicro()
	b = strconv.AppendInt(b, micros/1e6, 10)
	b = append(b, '.')
	fraction := strconv.AppendInt(nil, 1e6+micros%1e6, 10)
	return append(b, fraction[1:]...)
}
