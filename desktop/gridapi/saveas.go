package gridapi

import (
	"errors"
	"path/filepath"

	"pigrid/desktop/wholefile"
)

// maxSaveAs is how many bytes a file may have that the page makes.
const maxSaveAs = 8 << 20

// Window is what only the app's window can do.
type Window interface {
	// SaveAs asks a person where to save a file of this name; empty for nowhere.
	SaveAs(name string) (path string, err error)
	// ChooseFolder asks a person for a folder, and begins with this one; empty for none.
	ChooseFolder(begin string) (path string, err error)
}

// Codes of a [SavedAs].
const (
	savedCancelled = "cancelled" // the person wants no file
	savedNoWindow  = "no-window" // the page is not in the app's window
	savedBusy      = "busy"      // another file is being saved
	savedBad       = "bad-file"  // too long, or without a name
	savedFailed    = "failed"    // see Detail
)

// In makes the page be that of a window. It is called before Start.
func (s *Server) In(w Window) { s.window = w }

// saveAs writes a file that the page made where a person wants it. Only this user may
// read it: it may have keys.
func (s *Server) saveAs(c Call) *SavedAs {
	name := filepath.Base(filepath.Clean(c.Name))
	switch {
	case s.window == nil:
		return &SavedAs{Code: savedNoWindow}
	case c.Name == "" || name != c.Name || len(name) > 255 || len(c.Text) > maxSaveAs:
		return &SavedAs{Code: savedBad}
	}
	select {
	case s.saving <- struct{}{}:
		defer func() { <-s.saving }()
	default:
		return &SavedAs{Code: savedBusy}
	}
	path, err := s.window.SaveAs(name)
	if err == nil && path == "" {
		return &SavedAs{Code: savedCancelled}
	}
	if err == nil {
		err = wholefile.Replace(path, []byte(c.Text))
	}
	if err != nil {
		return &SavedAs{Code: savedFailed, Detail: sayOS(err)}
	}
	return &SavedAs{OK: true, Path: path}
}

// sayOS is an error of the system without the name of a temporary file.
func sayOS(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
