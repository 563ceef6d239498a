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
	if !readJSON(w, r, mostOf(command), &c) {
		return
	}
	var result *AddResult
	preferences, ok := s.runSettings(command, c)
	access := (*AccessResult)(nil)
	if !ok {
		access, ok = s.runAccess(command, c)
	}
	if !ok {
		result, ok = s.run(command, c)
	}
	saved, past := s.runSave(command, c), s.runHistory(command, c)
	savedAs := (*SavedAs)(nil)
	if command == "saveAs" {
		savedAs = s.saveAs(c)
	}
	if !ok && saved == nil && savedAs == nil && past == nil {
		http.Error(w, "there is no such command", http.StatusNotFound)
		return
	}
	s.board.post(s.State, true)
	a := s.answer(0)
	a.Result, a.Access, a.Settings, a.Saved, a.SavedAs, a.History = result, access, preferences, saved, savedAs, past
	writeJSON(w, a)
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
