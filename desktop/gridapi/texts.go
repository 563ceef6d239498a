package gridapi

import (
	"time"
	"unicode/utf8"
)

const (
	// maxTexts is how many bytes the words of all tiles together may have. The page
	// reads all of them at every change: with megabytes it never painted.
	maxTexts = 512 << 10
	// longestText is more than any of them has.
	longestText = 8 << 10
	// tellEach is the time between two states for each camera beyond manyTiles: the
	// page looks at all of them each time.
	tellEach  = time.Millisecond
	manyTiles = 100
)

// texts are the words of a tile that come from the network, but for its name.
func (c *Camera) texts() [7]*string {
	return [...]*string{&c.Host, &c.AgentName, &c.AgentVersion, &c.Message, &c.Hint, &c.Detail, &c.Warning}
}

// shorten cuts the longest words, until all together are not too long.
func shorten(list []Camera) {
	most := longestText
	for sumOf(list, most) > maxTexts {
		most /= 2
	}
	if most == longestText {
		return
	}
	for i := range list {
		for _, text := range list[i].texts() {
			*text = cut(*text, most)
		}
	}
}

// sumOf is how many bytes all words have when none has more than most.
func sumOf(list []Camera, most int) (sum int) {
	for i := range list {
		for _, text := range list[i].texts() {
			sum += min(len(*text), most)
		}
	}
	return sum
}

// cut shortens a text to a number of bytes.
func cut(text string, most int) string {
	const more = "…"
	if len(text) <= most {
		return text
	}
	end := most - len(more)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + more
}
