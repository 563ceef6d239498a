// Pack puts pictures of one icon into the files that Windows and macOS want:
//
//	pack FROM TO
//
// It reads FROM/16.png and so on, whose names are their width and height in pixels,
// and writes TO/pigrid.ico and TO/pigrid.icns. `make icons` runs it.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: pack FROM TO")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintf(os.Stderr, "pack: %v\n", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	ico, err := ico(from)
	if err != nil {
		return err
	}
	icns, err := icns(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, "pigrid.ico"), ico, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "pigrid.icns"), icns, 0o644)
}

// picture reads the PNG of this width and height.
func picture(from string, size int) ([]byte, error) {
	return os.ReadFile(filepath.Join(from, fmt.Sprintf("%d.png", size)))
}
