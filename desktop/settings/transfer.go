package settings

import (
	"encoding/json"
	"fmt"
)

// Export returns a file with what one computer knows, for another one or for later. It
// has no secrets, and nothing of this computer's screen. Of households it has only the
// public keys of their agents: their own keys are on the household sheet.
func (s Settings) Export() ([]byte, error) {
	s = s.valid()
	s.Window, s.Households = Window{}, nil
	for i := range s.Agents {
		s.Agents[i].Household, s.Agents[i].Key, s.Agents[i].Passwords = "", 0, 0
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return append(data, '\n'), nil
}

// MaxFile is the largest file of settings, in bytes.
const MaxFile = maxFile
