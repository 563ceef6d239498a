package households

import (
	"context"
	"slices"
	"strings"
	"time"

	"pigrid/desktop/cameras"
	"pigrid/desktop/settings"
)

// Household is what can be shown of a household. It has no keys.
type Household struct {
	ID, Name, Kept string
	Passwords      []Password
	Agents         []HomeAgent // by name
	// Overruled says that another computer changed the view passwords when this one did,
	// and that its change stands.
	Overruled bool
}

// Password is a view password; its Text is there in a [Sheet] only.
type Password struct {
	Name  string
	Until time.Time // zero for never
	Here  bool      // this computer knows its text
	Text  string
}

// HomeAgent is an agent of a household.
type HomeAgent struct {
	Agent
	Waits bool // it has not been sent everything
	Code  Code // why not, after an attempt
}

// Sheet is a household with its keys in clear.
type Sheet struct {
	Household
	Key string
}

// All returns the households, in the order in which they were made.
func (k *Keeper) All() []Household {
	agents := k.cfg.Agents()
	k.mu.Lock()
	list := make([]Household, len(k.homes))
	for i, h := range k.homes {
		list[i] = Household{ID: h.id, Name: h.name, Kept: h.kept, Overruled: h.overruled}
		for _, p := range h.passwords {
			list[i].Passwords = append(list[i].Passwords, Password{Name: p.name, Until: p.until, Here: p.here()})
		}
		for id, p := range k.pins {
			if p.home == h.id {
				list[i].Agents = append(list[i].Agents, HomeAgent{Agent: named(agents, id), Code: k.pushed[id].code})
			}
		}
		slices.SortFunc(list[i].Agents, func(a, b HomeAgent) int { return byName(a.Agent, b.Agent) })
	}
	k.mu.Unlock()
	for i := range list {
		for j := range list[i].Agents {
			list[i].Agents[j].Waits = k.waits(list[i].Agents[j].ID)
		}
	}
	return list
}

// named returns an agent by its id, as far as it is known.
func named(agents []Agent, id string) Agent {
	for _, a := range agents {
		if a.ID == id {
			return a
		}
	}
	return Agent{ID: id, Access: cameras.AccessLocked}
}

// ByName orders agents by their names.
func ByName(a, b Agent) int { return byName(a, b) }

// ValidName reports whether an agent or a camera can have a name; empty is none.
func ValidName(name string) bool {
	_, ok := title(name)
	return ok || name == ""
}

func byName(a, b Agent) int { return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID) }

// SheetOf returns a household with its keys in clear.
func (k *Keeper) SheetOf(ctx context.Context, id string) (Sheet, Code) {
	k.waitForKeys(ctx)
	s, code := k.secretOf(id)
	if code != NoCode {
		return Sheet{}, code
	}
	sheet := Sheet{Key: s.key.Reveal()}
	for _, h := range k.All() {
		if h.ID == id {
			sheet.Household = h
		}
	}
	sheet.Passwords = nil
	for _, p := range s.passwords {
		one := Password{Name: p.name, Until: p.until, Here: p.here()}
		if p.here() {
			one.Text = p.text.Reveal()
		}
		sheet.Passwords = append(sheet.Passwords, one)
	}
	return sheet, NoCode
}

// HouseholdOf returns the id of an agent's household, empty when its key is not here.
func (k *Keeper) HouseholdOf(agent string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pins[agent].home
}

// Stranger reports whether an agent is not shown by itself: it appeared while there is a
// household, and nobody has said that it is theirs.
func (k *Keeper) Stranger(agent string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, pinned := k.pins[agent]
	return len(k.homes) > 0 && !pinned && !k.known[agent] || slices.Contains(k.declined, agent)
}

// Declined reports whether a person said that an agent is not to be shown.
func (k *Keeper) Declined(agent string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Contains(k.declined, agent)
}

// DeclinedCount is how many agents a person said no to.
func (k *Keeper) DeclinedCount() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.declined)
}

// Welcome makes an agent be shown.
func (k *Keeper) Welcome(agent string) {
	k.mu.Lock()
	k.known[agent] = true
	delete(k.tried, agent) // it may be one of ours
	before := len(k.declined)
	k.declined = slices.DeleteFunc(slices.Clone(k.declined), func(d string) bool { return d == agent })
	changed := before != len(k.declined)
	k.mu.Unlock()
	if changed {
		_ = k.save() // it says so itself
	}
}

// Decline makes an agent never be shown.
func (k *Keeper) Decline(agent string) {
	k.mu.Lock()
	delete(k.known, agent)
	if !slices.Contains(k.declined, agent) {
		k.declined = append(slices.Clone(k.declined), agent)
		k.declined = k.declined[max(0, len(k.declined)-settings.MaxDeclined):]
	}
	k.mu.Unlock()
	_ = k.save() // it says so itself
}
