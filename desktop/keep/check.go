package keep

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The codes of patterns and folders that a person cannot choose, besides those of saving.
const (
	UnknownPart Code = "unknown-part" // the detail is one that nobody knows, like {room}
	Separator   Code = "separator"    // a name cannot say in which folder it is
	TooLong     Code = "too-long"     // of more than MaxPattern bytes, or MaxFolder
	NotText     Code = "not-text"     // has what cannot be seen
	NotWhole    Code = "not-whole"    // a path that depends on where the program was started
)

// MaxPattern and MaxFolder are how many bytes a pattern and the path of a folder have.
const (
	MaxPattern = 255
	MaxFolder  = 1024
)

// part is what stands in braces, or a brace alone.
var part = regexp.MustCompile(`\{[^{}]*\}?|\}`)

// Example is what a snapshot of a camera would be called by a pattern, empty for
// [UsualName]. The code says why the pattern cannot be used; then there is no example.
func Example(pattern, camera string, at time.Time) (name string, code Code, detail string) {
	if code, detail = checkName(pattern); code != NoCode {
		return "", code, detail
	}
	return nameOf(pattern, camera, at) + ".jpg", NoCode, ""
}

func checkName(pattern string) (code Code, detail string) {
	switch {
	case len(pattern) > MaxPattern:
		return TooLong, ""
	case !utf8.ValidString(pattern) || strings.ContainsFunc(pattern, unicode.IsControl):
		return NotText, ""
	case strings.ContainsAny(pattern, `/\`):
		return Separator, ""
	}
	for _, p := range part.FindAllString(pattern, -1) {
		if p != "{camera}" && p != "{date}" && p != "{time}" {
			return UnknownPart, p
		}
	}
	return NoCode, ""
}

// CheckFolder says why pictures cannot be saved in a folder, and what the system says of
// it. The empty one is [Usual], which is made when it is needed.
func CheckFolder(folder string) (code Code, detail string) {
	switch {
	case folder == "":
		return NoCode, ""
	case len(folder) > MaxFolder:
		return TooLong, ""
	case !utf8.ValidString(folder) || strings.ContainsFunc(folder, unicode.IsControl):
		return NotText, ""
	case !filepath.IsAbs(folder):
		return NotWhole, ""
	}
	if err := tryFolder(folder); err != nil {
		return codeOf(err), err.Error()
	}
	return NoCode, ""
}

// tryFolder writes a file and takes it away again: nothing else says that one can.
func tryFolder(folder string) error {
	info, err := os.Stat(folder)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is no folder: %w", folder, fs.ErrNotExist)
	}
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, ".pigrid-")
	if err != nil {
		return err
	}
	_ = file.Close()
	return os.Remove(file.Name())
}
