package keep

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestExample(t *testing.T) {
	long := strings.Repeat("x", MaxPattern+1)
	for pattern, want := range map[string]struct {
		name   string
		code   Code
		detail string
	}{
		"":                         {"Porch 2026-11-30 12.34.56.jpg", NoCode, ""},
		"{date} {camera}":          {"2026-11-30 Porch.jpg", NoCode, ""},
		"a:b {time}?":              {"a-b 12.34.56-.jpg", NoCode, ""},
		"...":                      {"Camera.jpg", NoCode, ""},
		"{camera} {room}":          {"", UnknownPart, "{room}"},
		"{camera":                  {"", UnknownPart, "{camera"},
		"camera}":                  {"", UnknownPart, "}"},
		"{Camera}":                 {"", UnknownPart, "{Camera}"},
		"{}":                       {"", UnknownPart, "{}"},
		"{date}/{camera}":          {"", Separator, ""},
		`{date}\{camera}`:          {"", Separator, ""},
		"a\nb":                     {"", NotText, ""},
		"\xff":                     {"", NotText, ""},
		long:                       {"", TooLong, ""},
		"{camera} {date} {time} é": {"Porch 2026-11-30 12.34.56 é.jpg", NoCode, ""},
	} {
		name, code, detail := Example(pattern, "Porch", noon)
		if name != want.name || code != want.code || detail != want.detail {
			t.Errorf("%q: %q, %q, %q, want %+v", pattern, name, code, detail, want)
		}
	}
}

func TestCheckFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file)
	full := map[string]Code{
		"": NoCode, dir: NoCode, "Pictures": NotWhole, "~/Pictures": NotWhole, filepath.Join(dir, "gone"): NoFolder, file: NoFolder,
		filepath.Join(file, "below"): NoFolder, dir + "\x00": NotText, dir + strings.Repeat("/x", MaxFolder): TooLong,
	}
	if runtime.GOOS == "linux" {
		full["/proc/self"] = NoFolder // nobody can make a file there
	}
	for folder, want := range full {
		if got, detail := CheckFolder(folder); got != want {
			t.Errorf("%q: %q (%s), want %q", folder, got, detail, want)
		}
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("it left %v, %v", list, err)
	}
}

func FuzzExample(f *testing.F) {
	for _, seed := range []string{"", UsualName, "{camera", "{{camera}}", "../{date}", "CON"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		name, code, _ := Example(pattern, "Porch", noon)
		if (name == "") != (code != NoCode) || strings.ContainsAny(name, `/\`) || len(name) > maxName+len(".jpg") {
			t.Errorf("%q: %q, %q", pattern, name, code)
		}
	})
}
