package households

import (
	"context"

	"pigrid/desktop/client"
	"pigrid/shared/endpoint"
	"pigrid/shared/household"
)

// proof lets an agent prove a key, and returns whether it proved a certain one. Each key of
// an agent is made from the public key that this connection shows, so that somebody who
// stands between and passes everything on proves nothing. The error says that it gave no
// proof at all.
func (k *Keeper) proof(ctx context.Context, seen client.Seen) (of func(household.AgentKey) bool, err error) {
	fresh := nonce()
	proof, shown, err := k.cfg.Client.Prove(ctx, endpoint.Pinned(seen.At.Addr, seen.Shown, household.Hash{}), fresh)
	return func(key household.AgentKey) bool {
		return err == nil && shown.Equal(seen.Shown) && proof.Equal(key.Proof(fresh))
	}, err
}

// provesKey reports whether an agent proves one key.
func (k *Keeper) provesKey(ctx context.Context, seen client.Seen, key household.AgentKey) bool {
	of, _ := k.proof(ctx, seen)
	return of(key)
}

// proves returns which of our keys an agent proves: its household and number. The
// household is empty when it proves none, and the error is that of [Keeper.proof].
func (k *Keeper) proves(ctx context.Context, seen client.Seen) (home string, serial int, err error) {
	of, err := k.proof(ctx, seen)
	if err != nil {
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
			if of(key.ForAgent(seen.ID, seen.Shown)) {
				return h.id, n, nil
			}
		}
	}
	return "", 0, nil
}
