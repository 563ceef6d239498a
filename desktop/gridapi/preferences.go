package gridapi

import (
	"errors"

	"pigrid/desktop/engine"
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
	// look that there is not.
	Code   string `json:"code"`
	Detail string `json:"detail"` // the raw cause
	Text   string `json:"text"`   // of a file, or the diagnostics
	Added  int    `json:"added"`  // cameras that were not known here
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
