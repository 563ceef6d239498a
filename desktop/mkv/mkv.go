// Package mkv writes JPEG pictures as a film, in a Matroska file (RFC 9559): each is a
// frame as it is, with the time at which it was taken, and nothing is coded again.
package mkv

import (
	"errors"
	"io"
	"time"
)

const (
	// clusterSpan and clusterBytes are how much of a film is in one cluster, which is
	// as finely as players can seek; a larger frame is alone in one.
	clusterSpan  = time.Second
	clusterBytes = 2 << 20

	video   = 1 // type of a track
	trackNo = 1
)

// ErrEmpty says that a film has no frames.
var ErrEmpty = errors.New("a film needs a frame")

// Frame is one picture of a film.
type Frame struct {
	JPEG []byte
	At   time.Time // by one monotonic clock; none is before the frame that it follows
}

// Film is what a file is made of.
type Film struct {
	Title  string
	Frames []Frame
	// Width and Height are in pixels. A frame may have another size, which is in its
	// JPEG.
	Width, Height int
}

// Duration is how long the film is: until its last frame, and as long as the others on
// average.
func (f Film) Duration() time.Duration {
	n := len(f.Frames)
	if n < 2 {
		return time.Second
	}
	span := f.Frames[n-1].At.Sub(f.Frames[0].At)
	return span + span/time.Duration(n-1)
}

// Write writes a film into an empty file.
func Write(w io.WriteSeeker, film Film) error {
	if len(film.Frames) == 0 {
		return ErrEmpty
	}
	tick := tickOf(film.Frames)
	head, err := headOf(film, tick)
	if err != nil {
		return err
	}
	f := file{Writer: w, head: head}
	// Twice, in as many bytes: what it says of the end is not known yet.
	if err := f.writeHead(0); err != nil {
		return err
	}
	for clusters := newClusters(film.Frames, tick); clusters.next(); {
		if err := f.writeCluster(clusters.cluster); err != nil {
			return err
		}
	}
	cuesAt := f.at
	if err := f.writeCues(); err != nil {
		return err
	}
	if _, err := w.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return f.writeHead(cuesAt)
}

// file is what has been written.
type file struct {
	io.Writer
	head head
	at   uint64 // bytes of the segment
	cues []cuePoint
}

// writeHead writes what stands before the first cluster. The first time, when f.at is 0,
// it has yet to count.
func (f *file) writeHead(cuesAt uint64) error {
	b, err := f.head.bytes(f.at, cuesAt)
	if err != nil {
		return err
	}
	if f.at == 0 {
		f.at = uint64(len(b) - f.head.before())
	}
	_, err = f.Write(b)
	return err
}

func (f *file) writeCluster(c cluster) error {
	f.cues = append(f.cues, cuePoint{CueTime: c.Timestamp, Positions: cuePosition{CueTrack: trackNo, CueClusterPosition: f.at}})
	return f.element(&struct {
		Cluster cluster `ebml:"Cluster"`
	}{c})
}

func (f *file) writeCues() error {
	type cues struct {
		CuePoint []cuePoint `ebml:"CuePoint"`
	}
	return f.element(&struct {
		Cues cues `ebml:"Cues"`
	}{cues{f.cues}})
}

func (f *file) element(v any) error {
	b, err := marshal(v)
	if err != nil {
		return err
	}
	f.at += uint64(len(b))
	_, err = f.Write(b)
	return err
}
