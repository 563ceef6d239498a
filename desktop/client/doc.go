// Package client talks HTTP to agents, and to cameras without one: it asks agents for
// their status, opens streams, and finds the address at which an agent answers.
//
// Everything that comes back is hostile until it was validated here: sizes are
// capped, texts cleaned, ids and paths checked, redirects not followed, and
// only addresses of the local network are ever dialled.
package client
