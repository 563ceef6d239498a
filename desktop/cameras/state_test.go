package cameras

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"
)

// TestAllAreListed: the page's types are written from States and Reasons, so that one
// that is left out there would be unknown to it.
func TestAllAreListed(t *testing.T) {
	listed := map[string]bool{}
	for _, s := range States() {
		listed["State "+string(s)] = true
	}
	for _, r := range Reasons() {
		listed["Reason "+string(r)] = true
	}
	file, err := parser.ParseFile(token.NewFileSet(), "state.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		c, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		kind := c.Type.(*ast.Ident).Name
		text, err := strconv.Unquote(c.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		found++
		if !listed[kind+" "+text] {
			t.Errorf("%s is not listed", c.Names[0].Name)
		}
		return true
	})
	if found != len(listed) {
		t.Errorf("%d are listed, %d are there", len(listed), found)
	}
}
