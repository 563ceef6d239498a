package keep

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// UsualName is what files are called: {camera}, {date} and {time} are those of the
	// picture, or of the first of a clip.
	UsualName = "{camera} {date} {time}"
	// maxCamera and maxName are bytes. File systems take 255, encrypted ones 143, and a
	// number and ".mkv" follow.
	maxCamera = 60
	maxName   = 120
	// unnamed is what a file is called of whose name nothing can be used.
	unnamed = "Camera"
)

// nameOf returns the name of a file without its extension, safe on every file system:
// cameras' names come from the network.
func nameOf(pattern, camera string, at time.Time) string {
	if pattern == "" {
		pattern = UsualName
	}
	camera = safe(camera, maxCamera)
	if camera == "" {
		camera = unnamed
	}
	at = at.Local()
	name := strings.NewReplacer(
		"{camera}", camera, "{date}", at.Format("2006-01-02"), "{time}", at.Format("15.04.05"), // Windows knows no ":"
	).Replace(pattern)
	name = safe(name, maxName)
	if name == "" || isDevice(name) {
		name = strings.TrimSpace(unnamed + " " + name)
	}
	return name
}

// safe returns what a file may be called on Linux, macOS and Windows, in at most so many
// bytes.
func safe(name string, most int) string {
	name = strings.Map(func(c rune) rune {
		switch {
		case strings.ContainsRune(`<>:"/\|?*`, c), c == utf8.RuneError:
			return '-'
		case unicode.IsSpace(c):
			return ' '
		case unicode.IsControl(c), unicode.Is(unicode.Cf, c): // those that turn the text round, too
			return -1
		default:
			return c
		}
	}, name)
	name = strings.TrimLeft(strings.Join(strings.Fields(name), " "), ". ") // a dot in front hides it
	for len(name) > most {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return strings.TrimRight(name, ". ") // Windows cuts those off
}

// isDevice reports whether Windows takes a name for a device, whatever its extension.
func isDevice(name string) bool {
	name, _, _ = strings.Cut(strings.ToUpper(name), ".")
	name = strings.TrimSpace(name)
	switch name {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(name, "COM")
	if !ok {
		port, ok = strings.CutPrefix(name, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
}
