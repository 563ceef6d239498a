package login

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pigrid/shared/api"
	"pigrid/shared/household"
)

// What a [Change] can do.
const (
	Add    = "add"
	Renew  = "new"
	Remove = "remove"
)

// Change is what is to become of a view password.
type Change struct {
	Do    string    `json:"do"`
	Name  string    `json:"name"`           // empty with Renew for the first one
	Until time.Time `json:"until,omitzero"` // with Add: when it ends, zero for never
}

// Change adds, renews or removes a password, keeps that, and lets it count at once:
// cookies and streams of a password that is not there any more end. The error is one
// sentence for a person.
func (g *Gate) Change(c Change) error {
	g.changing.Lock()
	defer g.changing.Unlock()
	next := g.Passes()
	i := slices.IndexFunc(next, func(p *Pass) bool { return strings.EqualFold(p.Name, c.Name) })
	if c.Do == Renew && c.Name == "" {
		i = 0
	}
	switch {
	case c.Do == Add && !api.GoodName(c.Name):
		return errors.New("a view password needs a name of 1 to 64 bytes, like guests")
	case c.Do == Add && i >= 0:
		return fmt.Errorf("there is a view password %q already; password new %s replaces it", next[i].Name, next[i].Name)
	case c.Do == Add && len(next) >= MaxPasswords:
		return fmt.Errorf("there are %d view passwords, and no more are possible; remove one first", MaxPasswords)
	case c.Do == Add && !c.Until.IsZero() && !c.Until.After(g.now()):
		return errors.New("its end has passed already")
	case c.Do != Add && i < 0:
		return fmt.Errorf("there is no view password %q; password list shows all", c.Name)
	case c.Do == Renew && !next[i].Lasts(g.now()):
		return fmt.Errorf("the view password %s has ended; remove it, and add another one", next[i].Name)
	case c.Do == Remove && len(next) == 1:
		return errors.New("it is the only view password; password new replaces it")
	}
	switch c.Do {
	case Add:
		next = append(next, newPass(c.Name, c.Until, household.NewViewPassword()))
	case Renew:
		next[i] = newPass(next[i].Name, next[i].Until, household.NewViewPassword())
	case Remove:
		next = slices.Delete(next, i, i+1)
	default:
		return fmt.Errorf("there is no change %q of view passwords", c.Do)
	}
	return g.replace(next)
}
