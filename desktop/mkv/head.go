package mkv

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/at-wat/ebml-go"
)

// head is what stands before the first cluster.
type head struct {
	header       []byte // of the file
	info, tracks []byte // of the segment
}

func headOf(film Film, tick time.Duration) (h head, err error) {
	var i info
	i.Info.TimestampScale, i.Info.Duration = uint64(tick), float64(film.Duration())/float64(tick)
	i.Info.DateUTC, i.Info.Title = film.Frames[0].At, film.Title
	i.Info.MuxingApp, i.Info.WritingApp = "PiGrid", "PiGrid"
	var t tracks
	one := &t.Tracks.TrackEntry
	one.TrackNumber, one.TrackUID, one.TrackType, one.CodecID = trackNo, trackNo, video, "V_MJPEG"
	if tick == fine {
		one.DefaultDuration = uint64(fine)
	}
	one.Video.PixelWidth, one.Video.PixelHeight = uint64(film.Width), uint64(film.Height)
	var failed [3]error
	h.header, failed[0] = marshal(&header{EBML: matroska})
	h.info, failed[1] = marshal(&i)
	h.tracks, failed[2] = marshal(&t)
	return h, errors.Join(failed[:]...)
}

// bytes is the head of a segment of this size whose index is at cues. Its length is the
// same whatever they are.
func (h head) bytes(size, cues uint64) ([]byte, error) {
	parts, err := marshal(&seekHead{})
	if err == nil {
		var s seekHead
		infoAt := uint64(len(parts))
		s.SeekHead.Info = seek{ebml.ElementInfo.Bytes(), infoAt}
		s.SeekHead.Tracks = seek{ebml.ElementTracks.Bytes(), infoAt + uint64(len(h.info))}
		s.SeekHead.Cues = seek{ebml.ElementCues.Bytes(), cues}
		parts, err = marshal(&s)
	}
	segment := append(ebml.ElementSegment.Bytes(), make([]byte, 8)...)
	binary.BigEndian.PutUint64(segment[len(segment)-8:], 1<<56|size) // the first bit says: in 8 bytes
	return slices.Concat(h.header, segment, parts, h.info, h.tracks), err
}

// before is how many bytes are before the content of the segment, from which all
// positions count.
func (h head) before() int { return len(h.header) + len(ebml.ElementSegment.Bytes()) + 8 }
