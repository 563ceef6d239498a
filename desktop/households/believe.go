package households

import (
	"pigrid/desktop/settings"
)

// Believe takes the public keys of agents that were locked on another computer, where
// none is known here: such an agent is never asked without TLS.
func (k *Keeper) Believe(agents []settings.Agent) {
	for _, a := range agents {
		if !k.Pinned(a.ID) {
			k.setPin(a.ID, pin{spki: a.SPKI})
		}
	}
}
