package jpegscale

import (
	"bytes"
	"encoding/binary"
)

// upright is the orientation of pictures that are shown as they are stored.
const upright = 1

// EXIF's numbers, from Exif 2.32: 4.5.2 (APP1), 4.6.2 (IFD), 4.6.4 (Orientation).
const (
	exifHeader     = "Exif\x00\x00"
	tagOrientation = 0x0112
	typeShort      = 3
	entrySize      = 12
)

// orientation returns the EXIF orientation, 1 to 8, in the body of an APP1 segment; 0
// if there is none.
func orientation(body []byte) byte {
	tiff, ok := bytes.CutPrefix(body, []byte(exifHeader))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < entrySize {
			break
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if o := order.Uint16(entries[8:]); o >= 1 && o <= 8 {
				return byte(o)
			}
		}
		entries = entries[entrySize:]
	}
	return 0
}

// appendOrientation appends an APP1 segment that says only how the picture is turned.
func appendOrientation(b []byte, orientation byte) []byte {
	b = append(b, 0xFF, markerAPP1, 0, 34)
	b = append(b, exifHeader...)
	b = append(b, "MM\x00*\x00\x00\x00\x08"...) // TIFF; the IFD follows at 8
	b = append(b, 0, 1, tagOrientation>>8, tagOrientation&0xFF, 0, typeShort, 0, 0, 0, 1, 0, orientation, 0, 0)
	return append(b, 0, 0, 0, 0) // no other IFD
}
