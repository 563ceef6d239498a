// Package smallfile reads files that a person may have put there: settings and
// what the agent remembers.
package smallfile

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// Read returns what a file holds, at most most bytes. It never waits, as reading a
// pipe would, and never reads what has no end: anything but a regular file, and a
// larger one, is an error. One that is not there is [fs.ErrNotExist].
func Read(path string, most int64) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	data, err := io.ReadAll(io.LimitReader(file, most+1)) // files of the kernel say that they are empty
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s is larger than %d bytes", path, most)
	}
	return data, err
}
