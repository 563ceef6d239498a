package web

import (
	"context"
	"errors"
	"io"
	"time"

	"pigrid/agent/frames"
	"pigrid/shared/mjpeg"
)

// stream writes a camera's frames to one connection.
type stream struct {
	conn     *conn
	patience patience
	viewer   *frames.Viewer
	advance  bool
	ahead    mjpeg.Part    // whose header was sent ahead of the next one's picture
	shown    *frames.Frame // that ahead may be of; nil when it is a placeholder
	lost     bool          // what ahead is of was not kept
	rare     bool          // it shows less than the camera gives
	// placeholder returns the picture to show while there is none; nil for
	// clients that want the camera's frames and nothing else.
	placeholder func() (mjpeg.Part, bool)
}

// run sends the opening and then every frame the viewer gets, each as one write
// of bytes that all viewers share.
func (s *stream) run(opening []byte) error {
	if err := s.write(opening); err != nil {
		return err
	}
	defer s.forget()
	for {
		part, frame, err := s.next()
		if err != nil {
			return err
		}
		s.conn.keeps = [...]*frames.Frame{frame, s.shown}
		if s.advance {
			err = s.writeAdvance(part)
			s.remember(frame)
		} else {
			err = s.write(part.Standard)
			release(frame)
		}
		if err != nil {
			return err
		}
	}
}

// remember keeps what was shown last, where a placeholder may make it needed again.
// A viewer with a rate of its own may keep another picture than everybody else, and
// so has to ask. frame is nil for a placeholder, which needs no keeping.
func (s *stream) remember(frame *frames.Frame) {
	s.forget()
	s.lost = frame != nil && (s.placeholder == nil || s.rare && !s.conn.slow.keepShown(frame))
	if s.lost {
		release(frame)
		return
	}
	s.shown = frame
}

func (s *stream) forget() {
	if s.shown != nil && s.rare {
		s.conn.slow.dropShown(s.shown)
	}
	release(s.shown)
	s.shown = nil
}

func release(f *frames.Frame) {
	if f != nil {
		f.Release()
	}
}

// errLost ends a stream that would have to show again what it has not kept.
var errLost = errors.New("what was shown last is not there any more")

// writeAdvance sends a picture and the header of the next. The header that is
// there already may be of the other kind, a placeholder's or not: then what was
// shown last is sent again after it, which nobody sees.
func (s *stream) writeAdvance(part mjpeg.Part) error {
	if began := s.ahead.JPEG != nil; !began || s.ahead.Placeholder != part.Placeholder {
		if began {
			if s.lost {
				return errLost
			}
			if err := s.write(s.ahead.Again); err != nil {
				return err
			}
		}
		if err := s.write(part.AdvanceHeader()); err != nil {
			return err
		}
	}
	s.ahead = part
	return s.write(part.Advance)
}

// next returns the next frame and its part, or each second a placeholder's.
func (s *stream) next() (mjpeg.Part, *frames.Frame, error) {
	if s.placeholder == nil {
		f, err := s.viewer.Next()
		if err != nil {
			return mjpeg.Part{}, nil, err
		}
		return f.Part, f, nil
	}
	for {
		f, err := s.viewer.NextWithin(s.patience.placeholder)
		if err == nil {
			return f.Part, f, nil
		}
		if !errors.Is(err, frames.ErrNoFrame) {
			return mjpeg.Part{}, nil, err
		}
		if part, ok := s.placeholder(); ok {
			return part, nil, nil
		}
	}
}

func (s *stream) write(b []byte) error {
	_, err := s.conn.Write(b)
	return err
}

// maxSaid is how many bytes a client may send while it is sent a stream. They mean
// nothing, and to read them costs more than to send pictures.
const maxSaid = 64 << 10

// errTalks ends a stream whose client sends more than that.
var errTalks = errors.New("it sends more than a viewer has to say")

// watch returns when the client has left, or should: then it is errTalks. One that
// only closes its sending side looks the same as one that has left until something is
// sent to it, so it stays while it is sent something at least every linger; if it has
// left, the next write but one fails.
func (s *stream) watch(ctx context.Context) error {
	var b [512]byte
	for said := 0; ; {
		n, err := s.conn.Read(b[:])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil
		}
		if said += n; said > maxSaid {
			return errTalks
		}
	}
	tick := time.NewTicker(s.patience.linger)
	defer tick.Stop()
	for before := s.conn.writes.Load(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := s.conn.writes.Load()
		if now == before {
			return nil
		}
		before = now
	}
}
