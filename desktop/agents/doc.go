// Package agents talks HTTP to the agents: it asks for their status, opens
// their streams, and finds the address at which one of them answers.
//
// Everything that comes back is hostile until it was validated here: sizes are
// capped, texts cleaned, ids and paths checked, redirects not followed, and
// only addresses of the local network are ever dialled.
package agents
