package app

import "net/http"

// Call is what a person does: about a camera, or an address that was typed.
type Call struct {
	Key     string `json:"key"`
	Address string `json:"address"`
}

// run runs a command of POST /call/<command>; ok is false when there is none of that
// name. What returns a result may take as long as its own limits say.
func (e *Engine) run(command string, c Call) (result *AddResult, ok bool) {
	switch command {
	case "add":
		added := e.Add(c.Address)
		return &added, true
	case "cancelAdd":
		e.CancelAdd()
	case "forget":
		e.Forget(c.Key)
	case "forgetAgent":
		e.ForgetAgent(c.Key)
	case "retry":
		e.Retry(c.Key)
	case "search":
		e.Search()
	case "stopSearch":
		e.StopSearch()
	default:
		return nil, false
	}
	return nil, true
}

// serveCall answers with the whole state after the command, so that the page shows
// at once what it did.
func (e *Engine) serveCall(w http.ResponseWriter, r *http.Request) {
	var c Call
	if !readJSON(w, r, maxCall, &c) {
		return
	}
	result, ok := e.run(r.PathValue("command"), c)
	if !ok {
		http.Error(w, "there is no such command", http.StatusNotFound)
		return
	}
	e.board.postAtOnce(e.State)
	a := e.answer(0)
	a.Result = result
	writeJSON(w, a)
}
