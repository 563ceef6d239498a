package bench

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

const (
	framerate = 30
	// pipeSize is what the agent asks for, too.
	pipeSize = 1 << 20
	// stampAt is where a frame carries the time it was written at, in unix
	// nanoseconds: in a comment segment behind SOI.
	stampAt = 6
)

// picture makes a JPEG of exactly size bytes. It is padded in the entropy data,
// not by comments: a reader has to look through that byte by byte, as it does
// through a camera's pictures. The one of size [realSize] is as large as it comes.
func picture(size int) []byte {
	if size == realSize {
		return scenery()
	}
	var small bytes.Buffer
	if err := jpeg.Encode(&small, image.NewGray(image.Rect(0, 0, 640, 480)), nil); err != nil {
		panic(err)
	}
	b := withStamp(small.Bytes()[:small.Len()-2])
	noise := rand.New(rand.NewPCG(1, 2))
	for len(b) < size-2 {
		c := byte(noise.Uint32())
		b = append(b, c)
		if c == 0xFF {
			b = append(b, 0) // stuffing: every 256th byte, as in pictures
		}
	}
	return append(b[:size-2], 0xFF, 0xD9)
}

// withStamp puts a comment with room for a time behind SOI.
func withStamp(jpeg []byte) []byte {
	return append([]byte{0xFF, 0xD8, 0xFF, 0xFE, 0, 2 + 8, 0, 0, 0, 0, 0, 0, 0, 0}, jpeg[2:]...)
}

// stamp writes a time into the comment, in microseconds, seven bits a byte: so none of
// them looks like a marker to a server that only searches for those.
func stamp(frame []byte, t time.Time) {
	v := t.UnixMicro()
	for i := range 8 {
		frame[stampAt+7-i] = byte(v & 0x7F)
		v >>= 7
	}
}

func stamped(frame []byte) time.Time {
	v := int64(0)
	for _, b := range frame[stampAt : stampAt+8] {
		v = v<<7 | int64(b)
	}
	return time.UnixMicro(v)
}

// replay SIZE writes frames to stdout until nobody reads them.
func replay(args []string) error {
	size, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	frame := picture(size)
	for tick := time.NewTicker(time.Second / framerate); ; <-tick.C {
		stamp(frame, time.Now())
		if _, err := os.Stdout.Write(frame); err != nil {
			return nil //nolint:nilerr // the reader has gone, which is how this ends
		}
	}
}

// startReplay is what the agent does with exec: sources.
func startReplay(size string) (io.ReadCloser, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	if _, err := unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, pipeSize); err != nil {
		return nil, fmt.Errorf("pipe size: %w", err)
	}
	cmd := exec.Command(self, "replay", size)
	cmd.Stdout = w
	return r, cmd.Start()
}
