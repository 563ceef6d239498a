package access

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"pigrid/agent/smallfile"
	"pigrid/shared/api"
	"pigrid/shared/household"
)

const ownerFile = "access.json"

// saveHint is what to do when the state folder cannot be written.
const saveHint = "Free some space on the card, and let the agent write to its state folder (--state-dir)."

// owner is what the agent keeps of its owner: never the household key, never a
// password.
type owner struct {
	ID        string             `json:"id"`    // of the agent that was claimed
	Board     string             `json:"board"` // in which it was, empty when nothing said so
	SPKI      household.Hash     `json:"spki"`  // that the key was made for
	Key       household.AgentKey `json:"key"`
	Passwords []api.ViewPassword `json:"passwords"`
	Version   int                `json:"version"` // of the passwords
	Signed    household.Hash     `json:"signed"`  // see [api.Passwords]
}

// endsBetween reports whether a password ended in that time.
func (o *owner) endsBetween(from, to time.Time) bool {
	for _, p := range o.Passwords {
		if end, ok := p.End(); ok && end.After(from) && !end.After(to) {
			return true
		}
	}
	return false
}

// loadOwner reads who owns the agent. What cannot be understood lets nobody in.
func (a *Access) loadOwner() {
	if a.cfg.Dir == "" {
		return
	}
	path := filepath.Join(a.cfg.Dir, ownerFile)
	data, err := smallfile.Read(path, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	o := &owner{}
	if err == nil {
		err = parseOwner(data, o)
	}
	if err == nil && o.ID != a.cfg.ID {
		err = errors.New("the agent has another id than the one that was locked") // its file was damaged, or nothing says any more which machine this is
	}
	switch {
	case o.Key != (household.AgentKey{}) && a.cfg.Board != "" && o.Board != "" && o.Board != a.cfg.Board:
		a.problem = &api.Problem{
			Code: api.CodeOtherMachine, Message: "This card was locked in another Pi, so here the agent is open.",
			Hint: "Lock it in the app.",
		}
		a.cfg.Log.Warn("this card was locked in another Pi, so here the agent is open", "file", path)
	case err != nil:
		a.unreadable = true
		a.problem = &api.Problem{
			Code: api.CodeAccessUnreadable, Message: "The agent cannot read who its owner is, so it lets nobody in.",
			Hint: "On the Pi: sudo pigrid-agent access reset. Then lock it again in the app.",
		}
		a.cfg.Log.Error("the agent cannot read who its owner is, so it lets nobody in", "file", path, "error", err, "hint", a.problem.Hint)
	default:
		a.owner = o
		if o.SPKI != a.spki {
			a.problem = &api.Problem{
				Code: api.CodeKeyLost, Message: "The agent's private key was lost, so the app cannot know it again.",
				Hint: "On the Pi: sudo pigrid-agent access reset. Then lock it again in the app.",
			}
			a.cfg.Log.Warn("the agent's private key was lost; the app cannot know it again", "hint", a.problem.Hint)
		}
	}
}

func parseOwner(data []byte, o *owner) error {
	if err := json.Unmarshal(data, o); err != nil {
		return err
	}
	if o.Key == (household.AgentKey{}) || o.ID == "" {
		return errors.New("it names no owner")
	}
	if r := checkPasswords(o.Passwords); r != nil {
		return errors.New(r.Detail)
	}
	return nil
}

// store keeps an owner, nil for none. Nothing has changed when it fails.
func (a *Access) store(o *owner) error {
	path := filepath.Join(a.cfg.Dir, ownerFile)
	if o == nil {
		return smallfile.Remove(path)
	}
	data, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return err
	}
	return smallfile.Write(path, append(data, '\n'), 0o600)
}

// checkPasswords says what is wrong with a list of view passwords.
func checkPasswords(list []api.ViewPassword) *api.Refusal {
	if n := len(list); n < 1 || n > api.MaxPasswords {
		return invalid(fmt.Sprintf("An agent takes 1 to %d view passwords, not %d.", api.MaxPasswords, n))
	}
	seen := map[string]bool{}
	for _, p := range list {
		switch {
		case !api.GoodName(p.Name) || seen[p.Name]:
			return invalid("Each view password needs a name of its own, of 1 to 64 bytes.")
		case p.Hash == household.Hash{}:
			return invalid("A view password has no hash.")
		}
		if _, err := time.Parse(time.RFC3339, p.Until); p.Until != "" && err != nil {
			return invalid("The end of a view password is not a time (RFC 3339).")
		}
		seen[p.Name] = true
	}
	return nil
}
