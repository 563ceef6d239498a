// Package jpegscale makes a smaller JPEG of a baseline JPEG: of half, a quarter or
// an eighth of its width and height. Only as many pixels as the smaller picture has
// are ever computed, because the DCT of a block gives its averages directly, and
// only a strip of 16 lines is held at a time.
//
// It takes what cameras send: 8 bits a sample, Huffman codes, one scan, grey or
// YCbCr of 4:2:0, 4:2:2 or 4:4:4, with restart markers or without. Everything else
// is refused by [ErrCannot]; there are no wrong pixels.
package jpegscale

import (
	"errors"
	"fmt"
)

// MaxPixels is the largest picture that is taken, width times height.
const MaxPixels = 1 << 26

var (
	// ErrCannot is the error, wrapped with the reason, for JPEGs of a kind that is
	// not scaled. The next picture of the same source is most likely of that kind, too.
	ErrCannot = errors.New("this kind of JPEG cannot be scaled")
	// ErrDamaged is the error, wrapped with what is wrong, for JPEGs that are cut off
	// or damaged.
	ErrDamaged = errors.New("this JPEG is damaged")
)

func cannot(why string) error  { return fmt.Errorf("jpegscale: %w: %s", ErrCannot, why) }
func damaged(how string) error { return fmt.Errorf("jpegscale: %w: %s", ErrDamaged, how) }

// Factor returns by what a picture of width pixels can be divided so that it stays
// at least want pixels wide: 8, 4, 2, or 1, which means that it stays as it is.
func Factor(width, want int) int {
	for factor := 8; factor > 1; factor /= 2 {
		if Scaled(width, factor) >= want {
			return factor
		}
	}
	return 1
}

// Scaled returns the width or height in pixels of a picture that is divided by
// factor. A part of a pixel is a whole one.
func Scaled(pixels, factor int) int { return (pixels + factor - 1) / factor }

// Scaler scales one picture after the other, in memory that it keeps: 20 KB, at most 24
// bytes for each pixel of the width, and as many as the largest source had. The zero
// Scaler is ready. It is not safe for concurrent use.
type Scaler struct {
	in  decoder
	out encoder
}

// Scale appends to dst the JPEG in src, divided by factor, which is 2, 4 or 8. Each
// pixel is the average of the factor x factor pixels of the source. Those at the right
// and lower edge may also count what the source has behind its edge, as in libjpeg.
//
// What is appended is a whole baseline JPEG of 4:2:0, or grey as the source, with the
// source's quantisation tables and so of about its quality. Of the source's other
// segments only EXIF's orientation is taken over: both pictures stand upright, or
// neither does.
//
// After an error, [ErrCannot] or [ErrDamaged], dst is returned as it was.
func (s *Scaler) Scale(dst, src []byte, factor int) ([]byte, error) {
	defer s.in.forget()
	if err := s.in.open(src, factor); err != nil {
		return dst, err
	}
	s.out.begin(dst, &s.in)
	for range s.in.strips {
		if err := s.in.strip(); err != nil {
			return dst, err
		}
		s.out.strip(&s.in)
	}
	if err := s.in.close(); err != nil {
		return dst, err
	}
	return s.out.end(), nil
}
