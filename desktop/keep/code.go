package keep

import (
	"errors"
	"io/fs"
	"syscall"
)

// Code says why pictures were not saved, for programs.
type Code string

// The codes.
const (
	NoCode    Code = ""           // all were saved
	NoPicture Code = "no-picture" // the camera has given none of late
	DiskFull  Code = "disk-full"
	NoFolder  Code = "no-folder" // it is gone, or is none
	NotOurs   Code = "not-ours"  // the folder or its drive cannot be written
	Busy      Code = "busy"      // another save takes long
	Failed    Code = "failed"    // see the detail
)

// Codes lists all of them.
func Codes() []Code {
	return []Code{NoCode, NoPicture, DiskFull, NoFolder, NotOurs, Busy, Failed}
}

func codeOf(err error) Code {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), isFull(err):
		return DiskFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return NotOurs
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return NoFolder
	default:
		return Failed
	}
}
