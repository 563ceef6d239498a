package web

import (
	"fmt"
	"net/http"
	"strconv"

	"pigrid/shared/api"
)

// rendition is what a client asks of a stream; zero where it takes what comes.
type rendition struct {
	fps   float64 // at most
	width int     // pixels, at least, of the smallest size that is as wide
}

// maxWidth is more than any JPEG has.
const maxWidth = 65535

// widthOf returns the width that a request asks for; 0 where it asks for none. Where
// it is not one, it answers so.
func widthOf(w http.ResponseWriter, r *http.Request) (width int, ok bool) {
	text := r.URL.Query().Get("width")
	if text == "" {
		return 0, true
	}
	width, err := strconv.Atoi(text)
	if err != nil || width < 1 || width > maxWidth {
		fail(w, r, api.Refusal{
			Status: http.StatusBadRequest, Title: "Invalid width",
			Detail: fmt.Sprintf("width must be a whole number of pixels from 1 to %d", maxWidth),
		})
		return 0, false
	}
	return width, true
}
