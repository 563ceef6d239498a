// Package macos holds what makes a Mac's application of the desktop app, and its
// tests.
package macos

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"pigrid/shared/dnssd"
)

// TestBundle: the application has what macOS looks for, and may use the local
// network.
func TestBundle(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no bash")
	}
	const script = "../../../.make/bundle"
	for _, name := range []string{script, "Info.plist", "../icons/pigrid.icns"} {
		if _, err := os.ReadFile(name); err != nil { // so that Go knows what the test depends on
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "built")
	if err := os.WriteFile(program, []byte("program"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second one over the first
		if out, err := exec.Command(script, program, dir, "1.2.3~rc1").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	contents := filepath.Join(dir, "PiGrid.app", "Contents")
	data, err := os.ReadFile(filepath.Join(contents, "Info.plist"))
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`@\w+@`).Match(data) {
		t.Error("something stands in it that should have been replaced")
	}
	info, err := readPlist(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("Info.plist: %v", err)
	}
	for key, want := range map[string]any{
		"CFBundleExecutable":             "pigrid",
		"CFBundleIconFile":               "pigrid",
		"CFBundleIdentifier":             "local.pigrid.pigrid",
		"CFBundleName":                   "PiGrid",
		"CFBundlePackageType":            "APPL",
		"CFBundleGetInfoString":          "PiGrid 1.2.3~rc1",
		"CFBundleShortVersionString":     "1.2.3",
		"CFBundleVersion":                "1.2.3",
		"LSMinimumSystemVersion":         "12.0",
		"NSHighResolutionCapable":        true,
		"NSBonjourServices":              []any{dnssd.Service},
		"NSAppTransportSecurity":         map[string]any{"NSAllowsLocalNetworking": true},
		"NSLocalNetworkUsageDescription": "PiGrid finds the cameras of Raspberry Pis on your network and shows their pictures.",
	} {
		if got := info[key]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	for file, mode := range map[string]os.FileMode{
		"MacOS/pigrid": 0o755, "Resources/pigrid.icns": 0o644, "Resources/LICENSE": 0o644, "Resources/THIRD-PARTY.txt": 0o644,
	} {
		if s, err := os.Stat(filepath.Join(contents, file)); err != nil || s.Size() == 0 || s.Mode().Perm()&^0o022 != mode {
			t.Errorf("%s: %v, %v", file, s, err)
		}
	}
}

// readPlist reads the dictionary of a property list, plist(5).
func readPlist(r io.Reader) (map[string]any, error) {
	d := xml.NewDecoder(r)
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "dict" {
			return readDict(d)
		}
	}
}

// readDict reads keys and values up to the end of a dictionary.
func readDict(d *xml.Decoder) (map[string]any, error) {
	values := map[string]any{}
	for {
		start, err := next(d)
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, err
		}
		var key string
		if start.Name.Local != "key" {
			return nil, fmt.Errorf("<%s> where a key should be", start.Name.Local)
		}
		if err := d.DecodeElement(&key, &start); err != nil {
			return nil, err
		}
		if start, err = next(d); err != nil {
			return nil, fmt.Errorf("the value of %s: %w", key, err)
		}
		if _, ok := values[key]; ok {
			return nil, fmt.Errorf("%s stands there twice", key)
		}
		if values[key], err = readValue(d, start); err != nil {
			return nil, err
		}
	}
}

func readValue(d *xml.Decoder, start xml.StartElement) (any, error) {
	switch start.Name.Local {
	case "dict":
		return readDict(d)
	case "array":
		list := []any{}
		for {
			item, err := next(d)
			if errors.Is(err, io.EOF) {
				return list, nil
			}
			if err != nil {
				return nil, err
			}
			value, err := readValue(d, item)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
	case "true", "false":
		return start.Name.Local == "true", d.Skip()
	case "string":
		var text string
		err := d.DecodeElement(&text, &start)
		return strings.TrimSpace(text), err
	}
	return nil, fmt.Errorf("<%s> is not expected here", start.Name.Local)
}

// next returns the next element inside the one that is being read, io.EOF at its
// end.
func next(d *xml.Decoder) (xml.StartElement, error) {
	for {
		token, err := d.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			return token, nil
		case xml.EndElement:
			return xml.StartElement{}, io.EOF
		}
	}
}
