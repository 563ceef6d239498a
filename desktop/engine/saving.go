package engine

import (
	"time"

	"pigrid/desktop/keep"
	"pigrid/desktop/settings"
)

// Saving says where snapshots and clips are saved, what they are called, and why not.
type Saving struct {
	Folder string // empty for Usual
	Usual  string // empty when there is no folder for pictures
	Name   string // a pattern, empty for [keep.UsualName]
	// Example is what a snapshot would be called now.
	Example string
	// Code says what is wrong, and Detail what the system says of it or which part of the
	// pattern it is.
	Code   keep.Code
	Detail string
}

// unsaved says that the settings could not be written. It is like so until they can.
const unsaved keep.Code = "not-saved"

// Saving is how pictures are saved now.
func (e *Engine) Saving() Saving { return e.TryName(e.cfg.Settings.Get().Pictures.Name) }

// TryName is the same, with another pattern.
func (e *Engine) TryName(pattern string) Saving {
	s := Saving{Folder: e.cfg.Settings.Get().Pictures.Folder, Name: pattern}
	s.Usual, _ = keep.Usual()
	s.Example, s.Code, s.Detail = keep.Example(pattern, e.someName(), time.Now())
	return s
}

// SetSaving says where pictures are saved and what they are called. What cannot be used
// changes nothing.
func (e *Engine) SetSaving(folder, pattern string) Saving {
	s := e.TryName(pattern)
	if s.Code == keep.NoCode {
		s.Code, s.Detail = keep.CheckFolder(folder)
	}
	if s.Code != keep.NoCode {
		return s
	}
	err := e.cfg.Settings.Save(func(now settings.Settings) settings.Settings {
		now.Pictures = settings.Pictures{Folder: folder, Name: pattern}
		return now
	})
	s = e.Saving()
	if err != nil {
		e.cfg.Logger.Error("saving", "error", err)
		s.Code, s.Detail = unsaved, err.Error()
	}
	return s
}

// someName is what one of the cameras is called, for an example.
func (e *Engine) someName() string {
	for _, c := range e.Roster.List() {
		if !e.isStranger(c) {
			return c.Shown().Name
		}
	}
	return ""
}

// takeSaving takes in how another computer saves pictures: its folder only where there is
// one here.
func (e *Engine) takeSaving(theirs settings.Pictures) {
	if code, _ := keep.CheckFolder(theirs.Folder); code != keep.NoCode {
		theirs.Folder = e.cfg.Settings.Get().Pictures.Folder
	}
	e.SetSaving(theirs.Folder, theirs.Name)
}
