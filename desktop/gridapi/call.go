package gridapi

import "net/http"

// run runs a command of POST /call/<command>; ok is false when there is none of that
// name. What returns a result may take as long as its own limits say.
func (s *Server) run(command string, c Call) (result *AddResult, ok bool) {
	switch command {
	case "add":
		added := resultOf(s.engine.Add(c.Address))
		return &added, true
	case "cancelAdd":
		s.engine.CancelAdd()
	case "forget":
		s.engine.Forget(c.Key)
	case "forgetAgent":
		s.engine.ForgetAgent(c.Key)
	case "hide":
		s.engine.Hide(c.Key, c.On)
	case "fill":
		s.engine.Fill(c.Key, c.On)
	case "move":
		s.engine.Move(c.View, c.Key, c.Before)
	case "saveView":
		s.engine.SaveView(c.View, c.Name, c.Keys, c.Layout)
	case "removeView":
		s.engine.RemoveView(c.View)
	case "showView":
		s.showView(c.View)
	case "layout":
		s.engine.SetLayout(c.View, c.Layout)
	case "retry":
		s.engine.Retry(c.Key)
	case "search":
		s.engine.Search()
	case "stopSearch":
		s.engine.StopSearch()
	default:
		return nil, false
	}
	return nil, true
}

// serveCall answers with the whole state after the command, so that the page shows
// at once what it did.
func (s *Server) serveCall(w http.ResponseWriter, r *http.Request) {
	var c Call
	command := r.PathValue("command")
	if s.locked(command) {
		http.Error(w, "this page changes nothing (--kiosk)", http.StatusForbidden)
		return
	}
	if !readJSON(w, r, mostOf(command), &c) {
		return
	}
	done, ok := s.perform(command, c)
	if !ok {
		http.Error(w, "there is no such command", http.StatusNotFound)
		return
	}
	s.board.post(s.State, true)
	now := s.answer(0)
	done.Number, done.State, done.News = now.Number, now.State, now.News
	writeJSON(w, done)
}

// perform runs a command and returns what it answers; ok is false when there is none of
// that name.
func (s *Server) perform(command string, c Call) (a Answer, ok bool) {
	switch command {
	case "saveAs":
		a.SavedAs = s.saveAs(c)
		return a, true
	case "heard":
		a.Heard = s.heard()
		return a, true
	}
	if a.Settings, ok = s.runSettings(command, c); ok {
		return a, true
	}
	if a.Access, ok = s.runAccess(command, c); ok {
		return a, true
	}
	if a.Saved, a.History = s.runSave(command, c), s.runHistory(command, c); a.Saved != nil || a.History != nil {
		return a, true
	}
	a.Result, ok = s.run(command, c)
	return a, ok
}

// mostOf is how many bytes a command may have.
func mostOf(command string) int64 {
	switch command {
	case "importSettings":
		return maxImport
	case "saveAs":
		return 2 * maxSaveAs // as text in JSON
	default:
		return maxCall
	}
}
