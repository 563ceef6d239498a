package frontend

import (
	"io/fs"
	"testing"
)

// The program must compile and Dist must work before Node ever ran.
func TestDistIsRootedInsideDist(t *testing.T) {
	if _, err := fs.Stat(Dist(), ".gitkeep"); err != nil {
		t.Fatalf("dist/.gitkeep is not at the top of Dist: %v", err)
	}
}
