package login

import (
	"crypto/rand"
	"errors"
	"math/big"
	"strings"
)

const (
	// codeLetters are those of RFC 8628, 6.1: none looks like another or like a digit, and
	// without vowels they make no words.
	codeLetters = "BCDFGHJKLMNPQRSTVWXZ"
	// codeLength of them are one of 25 billion.
	codeLength = 8
	// maxTyped is how many bytes are read of what somebody typed.
	maxTyped = 64
)

// Code is what a screen shows and a person types, "WDJB-MJHT". The zero one is none.
type Code struct{ text string }

// errCode says what a code looks like.
var errCode = errors.New("a code has eight letters, like WDJB-MJHT")

// ParseCode reads a code that somebody typed, in any case and grouping.
func ParseCode(typed string) (Code, error) {
	if len(typed) > maxTyped {
		return Code{}, errCode
	}
	text := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(typed))
	if len(text) != codeLength || strings.Trim(text, codeLetters) != "" {
		return Code{}, errCode
	}
	return Code{text}, nil
}

// String returns the code as people write it.
func (c Code) String() string {
	if c.text == "" {
		return ""
	}
	return c.text[:codeLength/2] + "-" + c.text[codeLength/2:]
}

func newCode() Code {
	var b strings.Builder
	most := big.NewInt(int64(len(codeLetters)))
	for range codeLength {
		n, _ := rand.Int(rand.Reader, most) // never fails, crypto/rand says
		b.WriteByte(codeLetters[n.Int64()])
	}
	return Code{b.String()}
}
