package gridapi

import (
	"cmp"
	"errors"

	"pigrid/desktop/engine"
	"pigrid/desktop/keep"
)

// Appearance is how the page looks.
type Appearance struct {
	Scheme string `json:"scheme"` // "system", "light" or "dark"
	Labels string `json:"labels"` // names on tiles: "always" or "hover"
	// Numbers says when tiles show the numbers of their pictures: "hover" or "always".
	Numbers string `json:"numbers"`
}

// SettingsResult is how a command about settings ended.
type SettingsResult struct {
	OK bool `json:"ok"`
	// Code is "newer" for a file of a newer PiGrid, "not-settings" for any other file
	// that cannot be read, "not-saved" when a file could not be made, "unknown" for a
	// look that there is not; of how pictures are saved, a code of package keep, "not-saved",
	// "cancelled", "no-window" or "busy"; "no-notices" when the desktop shows none.
	Code   string `json:"code"`
	Detail string `json:"detail"` // the raw cause
	Text   string `json:"text"`   // of a file, or the diagnostics
	Added  int    `json:"added"`  // cameras that were not known here
	// Saving is how pictures are saved; only after a command about that.
	Saving *Saving `json:"saving,omitempty"`
}

// Saving is where snapshots and clips are saved and what they are called.
type Saving struct {
	Folder    string `json:"folder"` // empty for Usual
	Usual     string `json:"usual"`
	Name      string `json:"name"` // a pattern, empty for UsualName
	UsualName string `json:"usualName"`
	Example   string `json:"example"` // what a snapshot would be called now, empty when the pattern is wrong
}

// runSettings runs a command about settings; ok is false when there is none of that
// name.
func (s *Server) runSettings(command string, c Call) (result *SettingsResult, ok bool) {
	switch command {
	case "setAppearance":
		if !s.engine.SetAppearance(engine.Appearance{Scheme: c.Scheme, Labels: c.Labels, Numbers: c.Numbers}) {
			return &SettingsResult{Code: "unknown"}, true
		}
		return &SettingsResult{OK: true}, true
	case "exportSettings":
		data, err := s.engine.Export()
		if err != nil {
			return &SettingsResult{Code: "not-saved", Detail: err.Error()}, true
		}
		return &SettingsResult{OK: true, Text: string(data)}, true
	case "importSettings":
		return s.importSettings(c.Text), true
	case "saving":
		return savingResult(s.engine.Saving()), true
	case "tryName":
		return savingResult(s.engine.TryName(c.Name)), true
	case "setSaving":
		return savingResult(s.engine.SetSaving(c.Path, c.Name)), true
	case "notify":
		if err := s.engine.Notify(c.Key, c.On); err != nil {
			return &SettingsResult{Code: "no-notices", Detail: err.Error()}, true
		}
		return &SettingsResult{OK: true}, true
	case "chooseFolder":
		return s.chooseFolder(), true
	case "diagnostics":
		return &SettingsResult{OK: true, Text: s.engine.Diagnostics(s.version)}, true
	default:
		return nil, false
	}
}

func (s *Server) importSettings(text string) *SettingsResult {
	added, err := s.engine.Import([]byte(text))
	switch {
	case errors.Is(err, engine.ErrNewer):
		return &SettingsResult{Code: "newer", Detail: err.Error()}
	case err != nil:
		return &SettingsResult{Code: "not-settings", Detail: err.Error()}
	default:
		return &SettingsResult{OK: true, Added: added}
	}
}

func savingResult(s engine.Saving) *SettingsResult {
	return &SettingsResult{
		OK: s.Code == keep.NoCode, Code: string(s.Code), Detail: s.Detail,
		Saving: &Saving{s.Folder, s.Usual, s.Name, keep.UsualName, s.Example},
	}
}

// chooseFolder asks a person in which folder pictures are to be saved, and saves that.
func (s *Server) chooseFolder() *SettingsResult {
	if s.window == nil {
		return &SettingsResult{Code: savedNoWindow}
	}
	select {
	case s.saving <- struct{}{}:
		defer func() { <-s.saving }()
	default:
		return &SettingsResult{Code: savedBusy}
	}
	now := s.engine.Saving()
	folder, err := s.window.ChooseFolder(cmp.Or(now.Folder, now.Usual))
	switch {
	case err != nil:
		return &SettingsResult{Code: savedFailed, Detail: sayOS(err)}
	case folder == "":
		return &SettingsResult{Code: savedCancelled}
	}
	return savingResult(s.engine.SetSaving(folder, now.Name))
}
