package feed

import (
	"pigrid/shared/jpegscale"
	"pigrid/shared/mjpeg"
)

// size is a width and a height in pixels, 0 while they are not known.
type size struct{ width, height int }

func (s size) pixels() int64 { return int64(s.width) * int64(s.height) }

// by is the size divided by a factor, as agents divide it.
func (s size) by(factor int) size {
	return size{jpegscale.Scaled(s.width, factor), jpegscale.Scaled(s.height, factor)}
}

// within is by what the size must be divided to have so many pixels at most, 0 for any
// number. It is 8 if nothing is enough.
func (s size) within(most int64) int {
	factor := 1
	for most > 0 && factor < 8 && s.by(factor).pixels() > most {
		factor *= 2
	}
	return factor
}

// sizes is what is known of the size of a camera's pictures.
type sizes struct {
	full   size  // of a picture as the camera gives it, or of the last one that was ever seen
	pixels int64 // of the picture that is shown, which may have been made smaller
	// unscaled says that the newest frame came as the camera gave it although a smaller
	// one was asked for: its agent is old, or cannot scale it.
	unscaled bool
}

// maxSide is more than any JPEG has.
const maxSide = 65535

// tell notes what an agent's status says.
func (s *sizes) tell(full size) {
	if full.width > 0 && full.height > 0 {
		s.full = full
	}
}

// see notes the size of a frame for which so many pixels across were asked, 0 for all.
// It reports whether the frame fits to what was known.
func (s *sizes) see(frame mjpeg.Frame, of size, asked int) (fits bool) {
	scaled := asked > 0 && frame.Header.Get(mjpeg.SizeHeader) != ""
	switch {
	case frame.Placeholder && (asked > 0 || s.full.width > 0):
		return true
	case !scaled:
		s.full, s.unscaled = of, asked > 0
		return true
	}
	s.unscaled = false
	nearest := 2
	for factor := 2; factor <= 8; factor *= 2 {
		if of == s.full.by(factor) {
			return true
		}
		if apart(s.full.width, factor*of.width) < apart(s.full.width, nearest*of.width) {
			nearest = factor
		}
	}
	// The shape is right at once; the agent's status has the size.
	s.full = size{min(nearest*of.width, maxSide), min(nearest*of.height, maxSide)}
	return false
}

func apart(a, b int) int { return max(a-b, b-a) }

// enlarged is by how many percent a picture may be enlarged before a larger one is
// worth a connection.
const enlarged = 10

// rung returns for what width an agent is asked when so many pixels across are worth
// something: that of a half, a quarter or an eighth, 0 for the full one and where
// width is 0. has is what it is asked for already. That stays, unless it has to be
// enlarged by more than 10 percent, or a smaller one need not be enlarged at all.
func (s *sizes) rung(width, has int, first bool) int {
	if width == 0 || s.full.width == 0 {
		return 0
	}
	full := s.full.width
	most, least := jpegscale.Factor(full, width*100/(100+enlarged)), jpegscale.Factor(full, width)
	factor := most
	if !first {
		factor = min(most, max(least, s.factor(has)))
	}
	if factor == 1 {
		return 0
	}
	return jpegscale.Scaled(full, factor)
}

// factor is by what the pictures of a connection are divided.
func (s *sizes) factor(asked int) int {
	if asked == 0 {
		return 1
	}
	return jpegscale.Factor(s.full.width, asked)
}
