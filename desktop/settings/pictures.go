package settings

import "path/filepath"

// maxPath is the longest path of a folder, in bytes.
const maxPath = 1024

// Pictures says where snapshots and clips are saved.
type Pictures struct {
	Folder string `json:"folder,omitempty"` // absolute; empty for the usual one
	Name   string `json:"name,omitempty"`   // a pattern, see package keep; empty for the usual one
}

func (p Pictures) valid() Pictures {
	if !filepath.IsAbs(p.Folder) || len(p.Folder) > maxPath || !printable(p.Folder) {
		p.Folder = ""
	}
	if !text(p.Name) {
		p.Name = ""
	}
	return p
}
