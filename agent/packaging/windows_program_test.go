package packaging

import (
	"archive/zip"
	"bytes"
	"debug/pe"
	"encoding/binary"
	"io"
	"os"
	"path"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestWindowsProgram: the program carries its icon, under the number that Wails
// loads it by, its version, and that it draws sharply on every screen.
func TestWindowsProgram(t *testing.T) {
	needsPackages(t)
	archive := windowsFile(t, ".zip")
	files := unzip(t, archive)
	name := strings.TrimSuffix(path.Base(archive), ".zip")
	for _, file := range []string{"LICENSE.txt", "THIRD-PARTY.txt"} {
		if len(files[name+"/"+file]) == 0 {
			t.Errorf("there is no %s", file)
		}
	}
	program, err := pe.NewFile(bytes.NewReader(files[name+"/pigrid.exe"]))
	if err != nil {
		t.Fatal(err)
	}
	const windowsGUI = 2 // opens no black window
	if h := program.OptionalHeader.(*pe.OptionalHeader64); h.Subsystem != windowsGUI {
		t.Errorf("subsystem %d", h.Subsystem)
	}
	resources, err := program.Section(".rsrc").Data()
	if err != nil {
		t.Fatal(err)
	}
	const groupIcon, wailsIcon = 14, 3
	groups := entries(resources, entries(resources, 0)[groupIcon])
	if _, ok := groups[wailsIcon]; !ok || len(groups) != 1 {
		t.Errorf("icons by number: %v", groups)
	}
	icon, err := os.ReadFile("../../desktop/packaging/icons/pigrid.ico")
	if err != nil {
		t.Fatal(err)
	}
	const png = "\x89PNG"
	for i, picture := range strings.Split(string(icon), png)[1:] {
		if !bytes.Contains(resources, []byte(png+picture)) {
			t.Errorf("picture %d of the icon is missing", i)
		}
	}
	if !bytes.Contains(resources, []byte("permonitorv2")) {
		t.Error("Windows would blow its window up on a sharp screen")
	}
	version := strings.TrimSuffix(strings.TrimPrefix(name, "pigrid_"), "_windows_amd64")
	if !bytes.Contains(resources, wide("ProductVersion\x00"+version+"\x00")) {
		t.Errorf("it does not say that it is version %s", version)
	}
}

// entries reads the directory of resources at an offset: from a number to the
// offset of what is below (PE format, "The .rsrc Section").
func entries(resources []byte, at uint32) map[uint32]uint32 {
	const below = 1 << 31 // marks another directory
	table := resources[at&^below:]
	list := map[uint32]uint32{}
	named, numbered := int(binary.LittleEndian.Uint16(table[12:])), int(binary.LittleEndian.Uint16(table[14:]))
	for i := range named + numbered {
		e := table[16+8*i:]
		list[binary.LittleEndian.Uint32(e)] = binary.LittleEndian.Uint32(e[4:])
	}
	return list
}

// wide is text as Windows keeps it.
func wide(text string) []byte {
	var b []byte
	for _, c := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}

// unzip reads an archive.
func unzip(t *testing.T, archive string) map[string][]byte {
	t.Helper()
	r, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	files := map[string][]byte{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		_ = in.Close()
		files[f.Name] = data
	}
	return files
}
