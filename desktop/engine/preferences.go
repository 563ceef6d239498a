package engine

import (
	"pigrid/desktop/cameras"
	"pigrid/desktop/settings"
)

// Appearance is how the page looks; see [settings.Appearance].
type Appearance = settings.Appearance

// ErrNewer says that a newer PiGrid wrote a file of settings.
var ErrNewer = settings.ErrNewer

// MaxSettings is the largest file of settings, in bytes.
const MaxSettings = settings.MaxFile

// Appearance is how the page looks.
func (e *Engine) Appearance() Appearance { return e.cfg.Settings.Get().Appearance.Whole() }

// SetAppearance makes the page look so. It reports whether there is such a look; what
// cannot be saved now is with the next change.
func (e *Engine) SetAppearance(a Appearance) bool {
	if !a.Valid() {
		return false
	}
	err := e.cfg.Settings.Save(func(s settings.Settings) settings.Settings {
		s.Appearance = a
		return s
	})
	if err != nil {
		e.cfg.Logger.Error("saving", "error", err)
	}
	return true
}

// Export returns a file of what this computer knows, without secrets.
func (e *Engine) Export() ([]byte, error) {
	e.write()
	return e.cfg.Settings.Get().Export()
}

// Import takes in such a file beside what is known: cameras, what a person said of
// them, public keys of agents, how the page looks, and how pictures are saved. It returns how many cameras are
// new here. The error is one sentence about the file.
func (e *Engine) Import(data []byte) (fresh int, err error) {
	theirs, err := settings.Parse(data)
	if err != nil {
		return 0, err
	}
	e.Keeper.Believe(theirs.Agents)
	list := remembered(theirs)
	for _, c := range list {
		if id, _, ok := cameras.SplitKey(c.Key); ok && e.Keeper.Stranger(id) && !e.Keeper.Declined(id) {
			e.Keeper.Welcome(id)
		}
	}
	e.SetAppearance(theirs.Appearance)
	e.takeSaving(theirs.Pictures)
	e.arranged.Take(theirs.Arrangement)
	e.applying.Lock()
	defer e.applying.Unlock()
	added := e.Roster.Restore(list)
	e.dial(added)
	return len(added), nil
}
