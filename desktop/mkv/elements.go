package mkv

import (
	"bytes"
	"time"

	"github.com/at-wat/ebml-go"
)

// The elements of a file, by the names that they had before RFC 9559.
type (
	header struct {
		EBML ebmlHeader `ebml:"EBML"`
	}

	ebmlHeader struct {
		EBMLVersion        uint64 `ebml:"EBMLVersion"`
		EBMLReadVersion    uint64 `ebml:"EBMLReadVersion"`
		EBMLMaxIDLength    uint64 `ebml:"EBMLMaxIDLength"`
		EBMLMaxSizeLength  uint64 `ebml:"EBMLMaxSizeLength"`
		DocType            string `ebml:"EBMLDocType"`
		DocTypeVersion     uint64 `ebml:"EBMLDocTypeVersion"`
		DocTypeReadVersion uint64 `ebml:"EBMLDocTypeReadVersion"`
	}

	// seekHead says where the other elements are, in bytes of the segment.
	seekHead struct {
		SeekHead struct {
			Info   seek `ebml:"Seek"`
			Tracks seek `ebml:"Seek"`
			Cues   seek `ebml:"Seek"`
		} `ebml:"SeekHead"`
	}

	seek struct {
		SeekID       []byte `ebml:"SeekID,size=4"`
		SeekPosition uint64 `ebml:"SeekPosition,size=8"`
	}

	info struct {
		Info struct {
			TimestampScale uint64    `ebml:"TimecodeScale"` // nanoseconds
			Duration       float64   `ebml:"Duration"`      // ticks
			DateUTC        time.Time `ebml:"DateUTC"`       // of the first frame
			Title          string    `ebml:"Title,omitempty"`
			MuxingApp      string    `ebml:"MuxingApp"`
			WritingApp     string    `ebml:"WritingApp"`
		} `ebml:"Info"`
	}

	tracks struct {
		Tracks struct {
			TrackEntry trackEntry `ebml:"TrackEntry"`
		} `ebml:"Tracks"`
	}

	trackEntry struct {
		TrackNumber     uint64 `ebml:"TrackNumber"`
		TrackUID        uint64 `ebml:"TrackUID"`
		TrackType       uint64 `ebml:"TrackType"`
		FlagLacing      uint64 `ebml:"FlagLacing"`
		DefaultDuration uint64 `ebml:"DefaultDuration,omitempty"` // nanoseconds
		CodecID         string `ebml:"CodecID"`
		Video           struct {
			PixelWidth  uint64 `ebml:"PixelWidth"`
			PixelHeight uint64 `ebml:"PixelHeight"`
		} `ebml:"Video"`
	}

	cluster struct {
		Timestamp   uint64       `ebml:"Timecode"` // ticks
		SimpleBlock []ebml.Block `ebml:"SimpleBlock"`
	}

	// cuePoint says where a player finds the cluster of a time.
	cuePoint struct {
		CueTime   uint64      `ebml:"CueTime"`
		Positions cuePosition `ebml:"CueTrackPositions"`
	}

	cuePosition struct {
		CueTrack           uint64 `ebml:"CueTrack"`
		CueClusterPosition uint64 `ebml:"CueClusterPosition"`
	}
)

var matroska = ebmlHeader{
	EBMLVersion: 1, EBMLReadVersion: 1, EBMLMaxIDLength: 4, EBMLMaxSizeLength: 8,
	DocType: "matroska", DocTypeVersion: 4, DocTypeReadVersion: 2,
}

// marshal returns the bytes of a struct whose fields are elements.
func marshal(elements any) ([]byte, error) {
	var b bytes.Buffer
	err := ebml.Marshal(elements, &b)
	return b.Bytes(), err
}
