// Size prints how large the rooms are: lines of code (neither blank nor comments),
// files and functions. Tests, test programs and what is generated do not count.
//
//	go run ./.ci/size
package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// longest is how many lines a function may have.
const longest = 60

type sized struct {
	name  string
	lines int
}

func main() {
	var files, functions []sized
	rooms := map[string]int{}
	for _, top := range []string{"agent", "desktop", "shared"} {
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "testdata" || d.Name() == "fakecam" || d.Name() == "capturetest" || path == "desktop/fleet" || path == "shared/strip"):
				return fs.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			n, longs, err := measure(path)
			files, functions = append(files, sized{path, n}), append(functions, longs...)
			rooms[top] += n
			if room := filepath.Dir(path); room != top {
				rooms[room] += n
			}
			return err
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range rooms {
			if !yield(name) {
				return
			}
		}
	})
	for _, name := range names {
		fmt.Printf("%6d  %s\n", rooms[name], name)
	}
	report("files", files)
	report("functions", functions)
	for _, f := range functions {
		if f.lines > longest {
			fmt.Printf("longer than %d lines: %s, %d\n", longest, f.name, f.lines)
		}
	}
}

// measure counts the lines of code of a file, and all lines of each function.
func measure(path string) (lines int, functions []sized, err error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return 0, nil, err
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, path, source, 0)
	if err != nil {
		return 0, nil, err
	}
	for _, d := range tree.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			n := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1
			functions = append(functions, sized{path + " " + f.Name.Name, n})
		}
	}
	var s scanner.Scanner
	file := set.AddFile(path, set.Base(), len(source))
	s.Init(file, source, nil, 0)
	code := map[int]bool{}
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return len(code), functions, nil
		}
		if tok == token.SEMICOLON && text == "\n" {
			continue
		}
		for i := range strings.Count(text, "\n") + 1 {
			code[file.Line(pos)+i] = true
		}
	}
}

func report(what string, all []sized) {
	slices.SortFunc(all, func(a, b sized) int { return cmp.Compare(a.lines, b.lines) })
	most := all[len(all)-1]
	fmt.Printf("%d %s: half have at most %d lines, nine in ten at most %d; the longest is %s with %d\n",
		len(all), what, all[len(all)/2].lines, all[len(all)*9/10].lines, most.name, most.lines)
}
