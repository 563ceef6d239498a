package household

import (
	"crypto/rand"
	"errors"
	"strings"
)

// digits are those of Crockford's base32: without I, L, O and U, which are easily
// misread (https://www.crockford.com/base32.html).
const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// misread are letters that people write for digits.
var misread = strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "", " ", "", "\t", "", "\n", "", "\r", "")

// maxTyped bounds what is read of what a person typed, in bytes.
const maxTyped = 128

// random returns n random digits, 5 bits each.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, crypto/rand says
	for i := range b {
		b[i] = digits[b[i]&31]
	}
	return string(b)
}

// plain returns the n digits that somebody typed in any case and grouping.
func plain(typed string, n int) (string, error) {
	if len(typed) > maxTyped {
		return "", errors.New("it is too long")
	}
	text := misread.Replace(strings.ToUpper(typed))
	for _, c := range text {
		if !strings.ContainsRune(digits, c) {
			return "", errors.New("it has the character " + string(c) + ", which is in no key")
		}
	}
	switch {
	case len(text) < n:
		return "", errors.New("it is too short")
	case len(text) > n:
		return "", errors.New("it is too long")
	}
	return text, nil
}

// grouped writes digits in groups, with dashes between them.
func grouped(text string, size int) string {
	var b strings.Builder
	for i := 0; i < len(text); i += size {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(text[i:min(i+size, len(text))])
	}
	return b.String()
}
