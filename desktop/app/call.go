package app

import "net/http"

// Call is what a person does: about a camera, or an address that was typed.
type Call struct {
	Key     string `json:"key"`
	Address string `json:"address"`
}

// calls are the commands of POST /call/<command>. What returns a result may take as
// long as its own limits say.
var calls = map[string]func(*Engine, Call) *AddResult{
	"add": func(e *Engine, c Call) *AddResult {
		result := e.Add(c.Address)
		return &result
	},
	"cancelAdd":   func(e *Engine, _ Call) *AddResult { e.CancelAdd(); return nil },
	"forget":      func(e *Engine, c Call) *AddResult { e.Forget(c.Key); return nil },
	"forgetAgent": func(e *Engine, c Call) *AddResult { e.ForgetAgent(c.Key); return nil },
	"retry":       func(e *Engine, c Call) *AddResult { e.Retry(c.Key); return nil },
	"search":      func(e *Engine, _ Call) *AddResult { e.Search(); return nil },
	"stopSearch":  func(e *Engine, _ Call) *AddResult { e.StopSearch(); return nil },
}

// serveCall answers with the whole state after the command, so that the page shows
// at once what it did.
func (e *Engine) serveCall(w http.ResponseWriter, r *http.Request) {
	run, ok := calls[r.PathValue("command")]
	if !ok {
		http.Error(w, "there is no such command", http.StatusNotFound)
		return
	}
	var c Call
	if !readJSON(w, r, maxCall, &c) {
		return
	}
	result := run(e, c)
	e.board.post(true, e.State)
	a := e.answer(0)
	a.Result = result
	writeJSON(w, a)
}
