package wholefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Aside renames a file that cannot be used to the first of NAME.bad, NAME.bad.2, … that
// is free, and returns that.
func Aside(path string) (string, error) {
	for n := 1; ; n++ {
		aside := path + ".bad"
		if n > 1 {
			aside = fmt.Sprintf("%s.bad.%d", path, n)
		}
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			return aside, os.Rename(path, aside)
		} else if err != nil || n == 100 {
			return "", fmt.Errorf("no free name beside it: %w", errors.Join(err, fs.ErrExist))
		}
	}
}
