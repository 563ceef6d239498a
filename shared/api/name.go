package api

import (
	"unicode"
	"unicode/utf8"
)

// MaxName is how long a name may be that somebody gives, in bytes.
const MaxName = 64

// GoodName reports whether s can be shown as a name: 1 to [MaxName] bytes of UTF-8
// without control characters and marks that turn the reading direction.
func GoodName(s string) bool {
	if s == "" || len(s) > MaxName || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return false
		}
	}
	return true
}
