package mkv

import (
	"time"

	"github.com/at-wat/ebml-go"
)

const (
	// coarse is the usual unit of times. ffmpeg takes it for the rate of the film. With a
	// finer one it guesses a rate, and then complains of frames that do not fit, as after
	// a reconnect.
	coarse = 10 * time.Millisecond
	// fine is for frames that come faster than that, or many at once. It is the finest
	// that ffmpeg takes for a rate, when the film says that each frame takes as long.
	fine = 1250 * time.Microsecond
	// farOff is how far a frame may be from its time in the coarse unit.
	farOff = 15 * time.Millisecond
)

// ticks numbers the units of time at which frames are shown. Two in one unit would be
// one frame for players.
type ticks struct {
	unit  time.Duration
	start time.Time
	next  uint64 // the first one that is free
}

// of returns when a frame is shown.
func (t *ticks) of(frame Frame) uint64 {
	at := max(t.next, uint64((frame.At.Sub(t.start)+t.unit/2)/t.unit))
	t.next = at + 1
	return at
}

// tickOf returns the unit for these frames.
func tickOf(frames []Frame) time.Duration {
	t := ticks{unit: coarse, start: frames[0].At}
	for _, frame := range frames {
		at := t.start.Add(time.Duration(t.of(frame)) * coarse)
		if at.Sub(frame.At) > farOff {
			return fine
		}
	}
	return coarse
}

// clusters divides a film.
type clusters struct {
	cluster
	ticks ticks
	left  []Frame
	at    uint64 // of the first that is left
}

func newClusters(frames []Frame, tick time.Duration) *clusters {
	c := &clusters{ticks: ticks{unit: tick, start: frames[0].At}, left: frames}
	c.at = c.ticks.of(frames[0])
	return c
}

// next makes the next cluster; false at the end.
func (c *clusters) next() bool {
	c.cluster = cluster{Timestamp: c.at}
	for size := 0; len(c.left) > 0; {
		frame := c.left[0]
		since := time.Duration(c.at-c.Timestamp) * c.ticks.unit
		size += len(frame.JPEG)
		if len(c.SimpleBlock) > 0 && (size > clusterBytes || since >= clusterSpan) {
			break
		}
		c.SimpleBlock = append(c.SimpleBlock, ebml.Block{
			TrackNumber: trackNo, Timecode: int16(c.at - c.Timestamp), Keyframe: true, Data: [][]byte{frame.JPEG},
		})
		if c.left = c.left[1:]; len(c.left) > 0 {
			c.at = c.ticks.of(c.left[0])
		}
	}
	return len(c.SimpleBlock) > 0
}
