// Package reconnect decides when whoever does not answer is tried again: how long to
// wait ([Delay]), who is tried out of turn ([Scout]), and what a machine that slept or
// was carried to another network has to do ([Moves], [Away]).
package reconnect
