package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"pigrid/desktop/wholefile"
)

// maxFile bounds what is read; a sane file is a few kilobytes.
const maxFile = 8 << 20

// file is one of the two files of settings, as it was read.
type file struct {
	path string
	data []byte
	Settings
	err error
}

func load(path string) file {
	f := file{path: path}
	if f.data, f.err = read(path); f.err == nil {
		f.Settings, f.err = Parse(f.data)
	}
	return f
}

func (f file) missing() bool { return errors.Is(f.err, fs.ErrNotExist) }

// Open reads the settings at path; with the empty path nothing is ever read or
// written. It always returns a usable Store. A file that cannot be used is kept aside
// under the name <path>.bad, and the copy beside it is used: with the public keys of
// agents in it, nobody can pretend to be one of them. Only without a copy it starts with
// the defaults. What a newer PiGrid wrote is neither moved nor written over. The error
// is one sentence for people saying so.
func Open(path string) (*Store, error) {
	s := &Store{path: path, now: Settings{}.valid()}
	if path == "" {
		return s, nil
	}
	main, spare := load(path), load(wholefile.CopyOf(path))
	switch {
	case main.err == nil:
		s.now, s.saved, s.copied = main.Settings, main.data, spare.data
		return s, nil
	case main.missing() && spare.missing():
		return s, nil
	case errors.Is(main.err, ErrNewer):
		return s.leave(main)
	case spare.err == nil:
		return s.useCopy(main, spare)
	case errors.Is(spare.err, ErrNewer):
		return s.leave(spare)
	case main.missing():
		main = spare
	}
	return s.startWithNone(main, spare)
}

// leave begins with the public keys that a newer PiGrid knew, and saves nothing. Other
// parts of its file may mean something else by now.
func (s *Store) leave(newer file) (*Store, error) {
	s.now = pins(newer.data)
	err := fmt.Errorf("the settings in %s were written by a newer PiGrid: they are left as they are, and changes are not saved until you update PiGrid", newer.path)
	s.refused = fmt.Errorf("%w: %w", ErrRefused, err)
	return s, err
}

func (s *Store) useCopy(main, spare file) (*Store, error) {
	s.now, s.copied = spare.Settings, spare.data
	if main.missing() {
		return s, fmt.Errorf("the settings in %s are gone: PiGrid uses their copy in %s; to start with none, close it and delete that, too", main.path, spare.path)
	}
	aside, err := wholefile.Aside(main.path)
	if err != nil {
		return s.notMoved(main, err)
	}
	return s, fmt.Errorf("the settings in %s cannot be used (%w): they are kept as %s, and PiGrid uses their copy, so nothing is lost", main.path, main.err, aside)
}

// startWithNone keeps aside what cannot be used.
func (s *Store) startWithNone(main, spare file) (*Store, error) {
	aside, err := wholefile.Aside(main.path)
	if err == nil && spare.path != main.path && !spare.missing() {
		_, err = wholefile.Aside(spare.path)
	}
	if err != nil {
		return s.notMoved(main, err)
	}
	return s, fmt.Errorf("the settings in %s cannot be used (%w): they are kept as %s, and PiGrid starts with none; locked cameras need their household key again", main.path, main.err, aside)
}

// notMoved saves nothing: that would destroy what could not be moved away.
func (s *Store) notMoved(f file, why error) (*Store, error) {
	err := fmt.Errorf("the settings in %s cannot be used (%w) and could not be kept aside (%w): changes are not saved", f.path, f.err, why)
	s.refused = fmt.Errorf("%w: %w", ErrRefused, err)
	return s, err
}

// pins reads only whom to believe, from a file of a newer format. More than is right
// makes an agent be refused; less would make an impostor be believed.
func pins(data []byte) Settings {
	var parts struct{ Households, Agents, Declined json.RawMessage }
	_ = json.Unmarshal(data, &parts) // it is JSON: its version was read
	var s Settings
	_ = json.Unmarshal(parts.Households, &s.Households)
	_ = json.Unmarshal(parts.Agents, &s.Agents)
	_ = json.Unmarshal(parts.Declined, &s.Declined)
	return s.valid()
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("it is no file of at most %d bytes", maxFile)
	}
	return os.ReadFile(path)
}
