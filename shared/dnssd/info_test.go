package dnssd

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func testInfo() Info {
	return Info{
		ID: testID, Name: "Küche", Host: "raspberrypi.local",
		Path: "/video", API: "/api/v1", Version: "1.2.3",
	}
}

func TestTXT(t *testing.T) {
	want := []string{
		"txtvers=1", "id=" + testID, "name=Küche", "host=raspberrypi.local",
		"path=/video", "api=/api/v1", "ver=1.2.3",
	}
	if got := testInfo().TXT(); !slices.Equal(got, want) {
		t.Errorf("TXT() = %q, want %q", got, want)
	}
}

func TestTXTSurvivesTheWire(t *testing.T) {
	for _, name := range []string{
		"Küche", `back\slash`, `\065`, `C:\\pi\`, `"quoted"`, "日本語", "a=b", " = ", "é́",
		"emoji 🎥", strings.Repeat("x", 250), strings.Repeat(`\`, 250),
	} {
		in := testInfo()
		in.Name = name
		got, err := ParseTXT(wireAll(t, in.TXT()))
		in.Name = strings.TrimSpace(name)
		if err != nil || got != in {
			t.Errorf("name %q came back as %+v, %v", name, got, err)
		}
	}
}

func TestAccessInTXT(t *testing.T) {
	for sent, want := range map[string]string{"open": "open", "locked": "locked", "": "", "OPEN": "", "x": ""} {
		i := testInfo()
		i.Access = sent
		if got, err := ParseTXT(wireAll(t, i.TXT())); err != nil || got.Access != want {
			t.Errorf("%q came back as %q, %v", sent, got.Access, err)
		}
	}
}

func TestTXTCutsBetweenCharacters(t *testing.T) {
	for pad := range 4 {
		i := testInfo()
		i.Name = strings.Repeat("x", pad) + strings.Repeat("漢", 200)
		s := i.TXT()[2]
		if len(s) > 255 || len(s) < 252 || !utf8.ValidString(s) {
			t.Errorf("padding %d: %d bytes, valid %v", pad, len(s), utf8.ValidString(s))
		}
	}
}

func TestTXTLeavesOutWhatIsEmptyAndControlCharacters(t *testing.T) {
	got := Info{ID: testID, Name: "a\x00b\nc\u202ed\xff"}.TXT()
	if want := []string{"txtvers=1", "id=" + testID, "name=abcd"}; !slices.Equal(got, want) {
		t.Errorf("TXT() = %q, want %q", got, want)
	}
}

func TestParseTXT(t *testing.T) {
	base := []string{"txtvers=1", "id=" + testID, "name=n", "host=h.local", "path=/video", "api=/api/v1", "ver=1"}
	without := func(key string, more ...string) []string {
		txt := slices.DeleteFunc(slices.Clone(base), func(s string) bool { return strings.HasPrefix(s, key+"=") })
		return append(txt, more...)
	}
	good := Info{ID: testID, Name: "n", Host: "h.local", Path: "/video", API: "/api/v1", Version: "1"}
	with := func(change func(*Info)) Info { i := good; change(&i); return i }
	for name, c := range map[string]struct {
		txt  []string
		want Info // the zero Info means an error is expected
	}{
		"as sent":               {base, good},
		"nothing":               {nil, Info{}},
		"unknown keys":          {append(slices.Clone(base), "color=red", "flag", "=x", ""), good},
		"first of a kind":       {append(slices.Clone(base), "path=/other", "ID=zz"), good},
		"keys in capitals":      {without("id", "ID="+strings.ToUpper(testID)), good},
		"no txtvers":            {without("txtvers"), good},
		"future txtvers":        {without("txtvers", "txtvers=2"), Info{}},
		"no id":                 {without("id"), Info{}},
		"id no UUID":            {without("id", "id=3f2a9c01"), Info{}},
		"id with a path":        {without("id", "id=../../../../../../etc/passwd------aaa"), Info{}},
		"id dashes misplaced":   {without("id", "id=3f2a9c0177-de-4b0f-9d0c-5a1be8c7f203"), Info{}},
		"id not hex":            {without("id", "id=3f2a9c01-77de-4b0f-9d0c-5a1be8c7f20g"), Info{}},
		"no path":               {without("path"), Info{}},
		"relative path":         {without("path", "path=video"), Info{}},
		"another host as path":  {without("path", "path=//evil.example/video"), Info{}},
		"URL as path":           {without("path", "path=http://evil.example/"), Info{}},
		"line break in path":    {without("path", `path=/video\013\010Host: x`), Info{}},
		"escaped line break":    {without("path", "path=/video%0d%0aX:"), Info{}},
		"broken percent":        {without("path", "path=/video%zz"), Info{}},
		"space in path":         {without("path", "path=/vi deo"), Info{}},
		"query in path":         {without("path", "path=/video?fps=1"), Info{}},
		"fragment in path":      {without("path", "path=/video#x"), Info{}},
		"backslash in path":     {without("path", `path=/\\evil`), Info{}},
		"dot segments":          {without("path", "path=/a/../b"), Info{}},
		"escaped dot segments":  {without("path", "path=/a/%2e%2e/b"), Info{}},
		"UTF-8 in path":         {without("path", `path=/K\195\188che`), Info{}},
		"escaped UTF-8 in path": {without("path", "path=/K%c3%bcche"), with(func(i *Info) { i.Path = "/K%c3%bcche" })},
		"no api":                {without("api"), Info{}},
		"bad api":               {without("api", "api=//x"), Info{}},
		"no name":               {without("name"), with(func(i *Info) { i.Name = "h" })},
		"invisible name":        {without("name", `name=\000\010 `), with(func(i *Info) { i.Name = "h" })},
		"name turned around":    {without("name", `name=a\226\128\174b`), with(func(i *Info) { i.Name = "ab" })},
		"name is not UTF-8":     {without("name", `name=a\255b`), with(func(i *Info) { i.Name = "ab" })},
		"no host, no name":      {without("host", "host="), with(func(i *Info) { i.Host = "" })},
		"no version":            {without("ver"), with(func(i *Info) { i.Version = "" })},
		"too many strings":      {append(slices.Clone(base), make([]string, maxStrings)...), Info{}},
		"too long a string":     {append(slices.Clone(base), strings.Repeat("x", 256)), Info{}},
		"too long escaped":      {append(slices.Clone(base), strings.Repeat(`\065`, 256)), Info{}},
		"long but legal":        {append(slices.Clone(base), strings.Repeat(`\065`, 255)), good},
	} {
		got, err := ParseTXT(c.txt)
		if c.want == (Info{}) {
			if !errors.Is(err, ErrTXT) {
				t.Errorf("%s: %+v, %v, want ErrTXT", name, got, err)
			}
		} else if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
}

func TestTXTBytesEscaping(t *testing.T) {
	// every byte value, alone, must come back as itself from the wire's form
	for b := range 256 {
		if got := unescape(wireForm(string([]byte{byte(b)}))); got != string([]byte{byte(b)}) {
			t.Errorf("byte %d came back as %q", b, got)
		}
	}
}

func ExampleInfo_TXT() {
	i := Info{ID: "3f2a9c01-77de-4b0f-9d0c-5a1be8c7f203", Name: `Shed\Garden`, Host: "pi.local", Path: "/video", API: "/api/v1", Version: "1.0"}
	for _, s := range i.TXT() {
		fmt.Println(s)
	}
	// Output:
	// txtvers=1
	// id=3f2a9c01-77de-4b0f-9d0c-5a1be8c7f203
	// name=Shed\\Garden
	// host=pi.local
	// path=/video
	// api=/api/v1
	// ver=1.0
}
