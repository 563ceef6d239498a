package engine

import (
	"pigrid/desktop/adding"
	"pigrid/desktop/cameras"
	"pigrid/desktop/settings"
)

// Add adds what is at an address that a person typed; see [adding.Adder.Add].
func (e *Engine) Add(address string) adding.Result { return e.adder.Add(address) }

// CancelAdd ends what is being tried of a typed address.
func (e *Engine) CancelAdd() { e.adder.Cancel() }

// Forget removes a camera; see [roster.Roster.Forget].
func (e *Engine) Forget(key string) { e.forget(e.Roster.Forget, key) }

// ForgetAgent removes a camera and all others of its agent.
func (e *Engine) ForgetAgent(key string) { e.forget(e.Roster.ForgetAgent, key) }

func (e *Engine) forget(from func(key string) []string, key string) {
	e.applying.Lock()
	defer e.applying.Unlock()
	gone := from(key)
	for _, key := range gone {
		e.Streams.Drop(key)
		e.credentials.Drop(key)
		e.cfg.History.Forget(key)
	}
	e.arranged.Forget(gone)
}

// Hide hides a camera from the grid, or shows it again.
func (e *Engine) Hide(key string, hidden bool) {
	if _, there := e.Roster.Get(key); there {
		e.arranged.Hide(key, hidden)
	}
}

// SaveView makes a view with these cameras and this layout, or changes the one that is
// called view now; see [arrange.Arrangement.SaveView].
func (e *Engine) SaveView(view, name string, keys []string, layout string) {
	e.arranged.SaveView(view, settings.View{Name: name, Cameras: keys, Layout: settings.Layout(layout)})
}

// RemoveView removes a view.
func (e *Engine) RemoveView(name string) { e.arranged.RemoveView(name) }

// ShowView shows a view, or all cameras if name is empty, also after the next start.
func (e *Engine) ShowView(name string) { e.arranged.Show(name) }

// OpenView does so until a person chooses another one: nothing is saved.
func (e *Engine) OpenView(name string) { e.arranged.Open(name) }

// SetLayout says how the cameras of a view stand together, or all if view is empty.
func (e *Engine) SetLayout(view, layout string) { e.arranged.SetLayout(view, settings.Layout(layout)) }

// Move puts a camera before another one, or last if before is empty, in a view or, if
// that is empty, in the order of all cameras.
func (e *Engine) Move(view, key, before string) {
	if view != "" {
		e.arranged.MoveIn(view, key, before)
		return
	}
	var shown []string
	for _, c := range e.Roster.List() {
		if !e.isStranger(c) {
			shown = append(shown, c.Key)
		}
	}
	e.arranged.Move(key, before, shown)
}

// isStranger reports whether a camera is not shown because nobody has said that its
// agent is theirs.
func (e *Engine) isStranger(c cameras.Camera) bool {
	return c.Agent != "" && e.Keeper.Stranger(c.Agent)
}

// Fill lets the picture of a camera fill its tile, or fit into it again.
func (e *Engine) Fill(key string, fill bool) {
	if _, there := e.Roster.Get(key); there {
		e.arranged.Fill(key, fill)
	}
}

// Retry dials a camera now; the empty key means all, and a search.
func (e *Engine) Retry(key string) {
	for k, f := range e.Streams.All() {
		if key == "" || key == k {
			f.Retry()
		}
	}
	id, _, _ := cameras.SplitKey(key)
	e.Roster.Poke(func(agent string) bool { return key == "" || agent == id })
	e.Keeper.Load()
	if key == "" {
		e.refresh()
	}
}

// Search asks every address of this machine's networks for an agent, for networks
// where they cannot be heard of, unless that is going on already. It returns at once;
// the snapshot tells how far it is.
func (e *Engine) Search() {
	e.starting.Lock()
	defer e.starting.Unlock()
	if e.started {
		e.sweep.start()
	}
}

// StopSearch ends that.
func (e *Engine) StopSearch() { e.sweep.stop() }
