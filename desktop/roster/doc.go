// Package roster knows who exists: which agents are watched, because somebody heard of
// them, added or remembered them, and which cameras there are. It decides who has a
// slot when there are too many.
package roster
