package households

import (
	"context"

	"pigrid/desktop/client"
	"pigrid/shared/endpoint"
	"pigrid/shared/household"
)

// provesKey lets an agent prove one key.
func (k *Keeper) provesKey(ctx context.Context, seen client.Seen, key household.AgentKey) bool {
	fresh := nonce()
	proof, shown, err := k.cfg.Client.Prove(ctx, endpoint.Pinned(seen.At.Addr, seen.Shown, household.Hash{}), fresh)
	return err == nil && shown.Equal(seen.Shown) && proof.Equal(key.Proof(fresh))
}

// proves lets an agent prove one of our keys over TLS. Each key of an agent is made from
// the public key that this connection shows, so that somebody who stands between and
// passes everything on proves nothing. The household is empty when it proved none; the
// error says that it gave no proof at all.
func (k *Keeper) proves(ctx context.Context, seen client.Seen) (home string, serial int, err error) {
	fresh := nonce()
	proof, shown, err := k.cfg.Client.Prove(ctx, endpoint.Pinned(seen.At.Addr, seen.Shown, household.Hash{}), fresh)
	if err != nil || !shown.Equal(seen.Shown) {
		return "", 0, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, h := range k.homes {
		for n := h.serial; n > 0; n-- {
			key, known := h.numbered(n)
			if !known {
				break
			}
			if key.ForAgent(seen.ID, shown).Proof(fresh).Equal(proof) {
				return h.id, n, nil
			}
		}
	}
	return "", 0, nil
}
