package control

import (
	"context"
	"encoding/json"
	"net/http"

	"pigrid/shared/api"
)

// Answer is what a command about access gets: who may watch now, and why the
// command was refused, nil when it was not.
type Answer struct {
	Hello     api.Hello
	Passwords []api.ViewPassword // names and ends; hashes are left out
	Refusal   *api.Refusal
}

// Commands about access.
const (
	AccessStatus = "status" // says how it is
	AccessClaim  = "claim"  // lets the agent be claimed for 15 minutes
	AccessReset  = "reset"  // makes it open and claimable; its key pair stays
)

// accessRoutes answers commands about access.
func (a Agent) accessRoutes(mux *http.ServeMux) {
	for _, command := range [...]string{AccessStatus, AccessClaim, AccessReset} {
		mux.HandleFunc("POST /access/"+command, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(a.Access(command))
		})
	}
}

// Access sends a command about access to the agent that runs with a state folder.
// Errors are those of [Ask].
func Access(ctx context.Context, dir, command string) (Answer, error) {
	return send[Answer](ctx, dir, http.MethodPost, "/access/"+command)
}
