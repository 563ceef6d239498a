// Package feed keeps one camera's stream open for as long as somebody looks at
// it: it dials, reads frames, notices silence, backs off and tries again, with
// a new connection every time. Only the newest frame is kept.
package feed
