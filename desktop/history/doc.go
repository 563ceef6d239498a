// Package history remembers what happened to cameras: when each was live, when it was
// not and why, and when nobody watched. It is told their states once a second and makes
// entries of them; what lasts less than 15 s is left out.
package history
