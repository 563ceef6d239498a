// Package household holds the keys that close a home's cameras to everybody else,
// and what agents and the app compute from them. Both must get the same bytes.
//
// H is the household key ([Key]). Each agent gets a key of its own that is made
// from it ([AgentKey], K), so a stolen Pi gives neither H nor the keys of others.
// View passwords ([ViewPassword], V) only show pictures. Everything is HMAC-SHA256
// (RFC 2104) over random keys, so no slow hash is needed.
package household
