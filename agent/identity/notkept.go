package identity

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
)

// NotKept is the error of something that the agent could not write into its state
// folder. It goes on without, and tries again.
type NotKept struct {
	What string // "the agent's id"
	Dir  string // the folder
	Err  error  // why not
}

func notKept(what, path string, err error) *NotKept {
	return &NotKept{What: what, Dir: filepath.Dir(path), Err: err}
}

// Error implements error.
func (e *NotKept) Error() string {
	if noRoom(e.Err) {
		return fmt.Sprintf("there is no room left to save %s in %s: the card is full", e.What, e.Dir)
	}
	return fmt.Sprintf("%s cannot be saved: %v", e.What, e.Err)
}

// Message is the error as a sentence for people.
func (e *NotKept) Message() string {
	text := e.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// Unwrap returns why not.
func (e *NotKept) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *NotKept) Hint() string {
	if noRoom(e.Err) {
		return "The cameras work, but their ids may change after a restart. Free some space (df -h shows how full the card is). The agent retries every minute."
	}
	return "The cameras work, but their ids may change after a restart. Let the agent write to its state folder, or choose another one with --state-dir."
}

// noRoom reports whether a file could not be written because the file system, or
// what its user may take of it, is full.
func noRoom(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
