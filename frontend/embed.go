// Package frontend carries the built page of the desktop app inside the
// program. `npm run build` fills dist; without it dist holds only .gitkeep, so
// that Go compiles on a machine without Node and the app shows no page.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist returns the built page, rooted inside dist: index.html is at the top.
func Dist() fs.FS {
	page, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // only an invalid path can fail, and "dist" is a constant
	}
	return page
}
